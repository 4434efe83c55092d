/*
The profile of a server with some login in front of it: whoever runs it chooses which.
*/
import * as z from 'zod';
import {shellWord} from '../../text/shell-word.ts';
import type {BackendDefinition} from '../backend.ts';
import type {HttpOptions} from '../http.ts';
import {httpProfile} from './http-profile.ts';
import {
	address,
	addressDescription,
	authDescription,
	headerName,
	headerNameWords,
	requestDescriptions,
	requestKeys,
	text,
	tokenDescriptions,
	tokenKeyNames,
	tokenKeys,
} from './keys.ts';

const auths = ['bearer', 'basic', 'header', 'cookie', 'none'] as const;

const keys = () => ({
	url: address(),
	...tokenKeys(),
	auth: z.enum(auths, {error: `must be one of ${auths.join(', ')}`}).optional(),
	/** With `auth = "header"`: the header that carries the token. */
	header: z.string({error: headerNameWords}).regex(headerName, {error: headerNameWords}).optional(),
	username: text('must be a user name').optional(),
	...requestKeys(),
});

type LoginEntry = z.output<z.ZodObject<ReturnType<typeof keys>>>;

const credentialHeaders = {
	bearer: token => ({Authorization: `Bearer ${token}`}),
	basic: (token, {username}) => ({
		Authorization: `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`,
	}),
	header: (token, {header = ''}) => ({[header]: token}),
	cookie: token => ({Cookie: token}),
	none: () => ({}),
} as const satisfies Record<
	(typeof auths)[number],
	(token: string, entry: LoginEntry) => Readonly<Record<string, string>>
>;

/** Keys that contradict each other, or that would do nothing. */
const check = (entry: LoginEntry, context: z.core.$RefinementCtx): void => {
	const complain = (key: keyof LoginEntry, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	const given = tokenKeyNames.filter(key => entry[key] !== undefined);
	const auth = entry.auth ?? (given.length > 0 ? 'bearer' : 'none');
	const [first, second] = given;
	if (second !== undefined) complain(second, `sets the same as ${first}; keep one of them`);
	else if (auth === 'none' && first !== undefined)
		complain(first, 'has no effect with auth = "none"; remove one of them');
	else if (auth !== 'none' && first === undefined) {
		complain('auth', `needs a token: add ${tokenKeyNames.join(', ')}, or set auth = "none"`);
	} else if (auth === 'basic' && entry.username === undefined) {
		complain('auth', 'needs a username; the token is the password');
	} else if (auth !== 'basic' && entry.username !== undefined) {
		complain('username', 'has an effect only with auth = "basic"; set that or remove it');
	} else if (auth === 'header' && entry.header === undefined) {
		complain('auth', 'needs the name of the header: header = "X-Api-Key"');
	} else if (auth !== 'header' && entry.header !== undefined) {
		complain('header', 'has an effect only with auth = "header"; set that or remove it');
	}
};

export const loginProfile = (definition: BackendDefinition<HttpOptions>) =>
	httpProfile(definition, {
		keys: keys(),
		descriptions: {
			url: addressDescription,
			...tokenDescriptions,
			auth: authDescription,
			header: 'With auth = "header": the header that carries the token.',
			username: 'With auth = "basic": the user name; the token is the password.',
			...requestDescriptions,
		},
		example: {url: 'https://example.org/ogc', token_env: 'TOKEN'},
		check,
		url: ({url}) => url,
		credentialHeaders: (token, entry) => credentialHeaders[entry.auth ?? 'bearer'](token, entry),
		curl: ({auth, username}) =>
			auth === 'basic' ? ['-u', `${shellWord(`${username}:`)}"$TOKEN"`] : undefined,
		options: ({username}, http) => ({...http, ...(username !== undefined && {account: username})}),
	});
