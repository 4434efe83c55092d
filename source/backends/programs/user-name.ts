import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import {userName} from '../../process/user-name.ts';
import type {Ssh} from './ssh.ts';

/** The user whose jobs are "mine", where a system shows the names of users. */
export type NamedUser = {
	/** Undefined until it is known. */
	readonly name: () => string | undefined;
	/** Finds the name out, once: on another machine the user may have another one than here. */
	readonly find: (signal: AbortSignal) => Promise<string>;
};

export const createNamedUser = (configured: string | undefined, ssh: Ssh | undefined): NamedUser => {
	if (ssh === undefined || configured !== undefined) {
		const name = configured ?? userName();
		return {name: () => name, find: async () => name};
	}
	let name: string | undefined;
	return {
		name: () => name,
		async find(signal) {
			name ??= await askName(ssh, signal);
			return name;
		},
	};
};

const askName = async (ssh: Ssh, signal: AbortSignal): Promise<string> => {
	const {stdout} = await ssh.run({file: 'id', args: ['-un'], env: {}, signal});
	const name = stdout.trim();
	if (/^\S+$/.test(name)) return name;
	throw new BackendError({kind: 'malformed', detail: `id -un printed: ${cleanText(stdout, 100)}`});
};
