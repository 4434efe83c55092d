import {BackendError} from '../../job/failure.ts';
import type {System} from '../../job/system.ts';
import type {GridEnginePrograms} from './programs.ts';

/** The host of the qmaster that answers; undefined where none answers now. */
export const askQmaster = async (
	{run}: GridEnginePrograms,
	signal: AbortSignal,
): Promise<string | undefined> => {
	try {
		const {code, stdout} = await run('qconf', ['-sss'], signal);
		const host = stdout.trim();
		return code === 0 && /^[\w.:-]+$/.test(host) ? host : undefined;
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

type Place = {readonly cell?: string; readonly host?: string};

/** Which Grid Engine it is: its qmaster, its cell, and the machine whose programs are run where that is another one. */
export const gridEngineSystem = (qmaster: string | undefined, {cell, host}: Place): System => ({
	kind: 'gridengine',
	...(qmaster !== undefined && {qmaster}),
	...(cell !== undefined && {cell}),
	...(host !== undefined && {host}),
});
