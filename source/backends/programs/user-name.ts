import {userInfo} from 'node:os';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Ssh} from './ssh.ts';

/** The user whose jobs are "mine", where a system shows the names of users. */
export type NamedUser = {
	/** Undefined until it is known. */
	readonly name: () => string | undefined;
	/** Finds the name out, once: on another machine the user may have another one than here. */
	readonly find: (signal: AbortSignal) => Promise<string>;
};

export const createNamedUser = (configured: string | undefined, ssh: Ssh | undefined): NamedUser => {
	let name = configured ?? (ssh === undefined ? localName() : undefined);
	return {
		name: () => name,
		async find(signal) {
			name ??= ssh === undefined ? '' : await askName(ssh, signal);
			return name;
		},
	};
};

const localName = (): string => {
	try {
		return userInfo().username;
	} catch {
		// A container may run as a number without a name.
		return process.env.USER ?? '';
	}
};

const askName = async (ssh: Ssh, signal: AbortSignal): Promise<string> => {
	const {stdout} = await ssh.run({file: 'id', args: ['-un'], env: {}, signal});
	const name = stdout.trim();
	if (/^\S+$/.test(name)) return name;
	throw new BackendError({kind: 'malformed', detail: `id -un printed: ${cleanText(stdout, 100)}`});
};
