import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Ssh} from './ssh.ts';

/** The user whose jobs are "mine". */
export type User = {
	/** The number of the user; undefined until it is known. */
	readonly uid: () => number | undefined;
	/** Finds the number out, once: on another machine the user has another one than here. */
	readonly find: (signal: AbortSignal) => Promise<void>;
};

export const createUser = (configured: number | undefined, ssh: Ssh | undefined): User => {
	let uid = configured ?? (ssh === undefined ? (process.getuid?.() ?? -1) : undefined);
	return {
		uid: () => uid,
		async find(signal) {
			if (uid !== undefined || ssh === undefined) return;
			const {stdout} = await ssh.run({file: 'id', args: ['-u'], env: {}, signal});
			if (!/^\d+\n?$/.test(stdout)) {
				throw new BackendError({kind: 'malformed', detail: `id -u printed: ${cleanText(stdout, 100)}`});
			}
			uid = Number(stdout);
		},
	};
};
