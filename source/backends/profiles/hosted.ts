/*
Keys of a service that always wants a credential of its own.
*/
import type * as z from 'zod';
import {
	address,
	addressDescription,
	requestDescriptions,
	requestKeys,
	type TokenEntry,
	tokenDescriptions,
	tokenKeyNames,
	tokenKeys,
} from './keys.ts';

export const hostedKeys = () => ({url: address().optional(), ...tokenKeys(), ...requestKeys()});

export const hostedDescriptions = {
	url: addressDescription,
	...tokenDescriptions,
	...requestDescriptions,
} satisfies {readonly [Key in keyof ReturnType<typeof hostedKeys>]: string};

/** One source of a token has to be given, and one only. `keys` names all that there are. */
export const checkHosted = <Entry extends TokenEntry>(
	entry: Entry,
	context: z.core.$RefinementCtx,
	keys: readonly (keyof Entry & string)[] = tokenKeyNames,
): void => {
	const [first, second] = keys.filter(key => entry[key] !== undefined);
	const complain = (key: string, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	if (first === undefined) complain('token_env', `is required, or ${keys.slice(1).join(', or ')}`);
	else if (second !== undefined) complain(second, `sets the same as ${first}; keep one of them`);
};
