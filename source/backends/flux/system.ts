import {BackendError} from '../../job/failure.ts';
import type {System} from '../../job/system.ts';
import type {FluxPrograms} from './programs.ts';

/** An attribute of the instance; undefined where it does not answer now. */
const askAttribute = async (
	{run}: FluxPrograms,
	name: string,
	signal: AbortSignal,
): Promise<string | undefined> => {
	try {
		const {code, stdout} = await run('flux', ['getattr', name], signal);
		const value = stdout.trim();
		return code === 0 && /^\S+$/.test(value) ? value : undefined;
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** What tells an instance from others: the host of its first broker, and its socket there. */
export const askInstance = async (
	programs: FluxPrograms,
	signal: AbortSignal,
): Promise<{readonly leader?: string; readonly socket?: string}> => {
	const socket = await askAttribute(programs, 'local-uri', signal);
	if (socket === undefined) return {};
	const leader = firstHost((await askAttribute(programs, 'hostlist', signal)) ?? '');
	return {...(leader !== undefined && {leader}), socket};
};

/** `fluke1` of `fluke[1-3,7],other`; undefined for what is no list of hosts. */
export const firstHost = (list: string): string | undefined => {
	const [, prefix, number = '', suffix] = /^([^,[\]]*)(?:\[(\d+)[^\]]*\])?([^,[\]]*)(?=,|$)/.exec(list) ?? [];
	const host = `${prefix ?? ''}${number}${suffix ?? ''}`;
	return host === '' ? undefined : host;
};

/** Which instance it is, and the machine whose program is run where that is another one. */
export const fluxSystem = (
	instance: {readonly leader?: string; readonly socket?: string},
	host: string | undefined,
): System => ({kind: 'flux', ...instance, ...(host !== undefined && {host})});
