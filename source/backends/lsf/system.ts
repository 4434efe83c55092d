import {BackendError} from '../../job/failure.ts';
import type {System} from '../../job/system.ts';
import type {LsfPrograms} from './programs.ts';

/** The name of the cluster; undefined where it does not answer now. */
export const askCluster = async ({run}: LsfPrograms, signal: AbortSignal): Promise<string | undefined> => {
	try {
		return readCluster((await run('lsid', [], signal)).stdout);
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** `My cluster name is east` */
export const readCluster = (text: string): string | undefined =>
	/^My cluster name is (\S+)$/m.exec(text)?.[1];

/** Which LSF it is, and the machine whose programs are run where that is another one. */
export const lsfSystem = (cluster: string | undefined, host: string | undefined): System => ({
	kind: 'lsf',
	...(cluster !== undefined && {cluster}),
	...(host !== undefined && {host}),
});
