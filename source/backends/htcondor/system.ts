import {BackendError} from '../../job/failure.ts';
import type {System} from '../../job/system.ts';
import type {CondorPrograms} from './programs.ts';

/** The name of the schedd that answers; undefined where it does not answer now. */
export const askName = async ({run}: CondorPrograms, signal: AbortSignal): Promise<string | undefined> => {
	try {
		return readName((await run('condor_q', ['-totals', '-constraint', 'false'], signal)).stdout);
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** `-- Schedd: submit.example.org : <10.0.0.1:9618?... @ 11/29/26 03:25:44` */
export const readName = (text: string): string | undefined => /^-- Schedd: (\S+) : </m.exec(text)?.[1];

/** Which HTCondor it is: its schedd, and the machine whose programs are run where that is another one. */
export const condorSystem = (schedd: string | undefined, host: string | undefined): System => ({
	kind: 'htcondor',
	...(schedd !== undefined && {schedd}),
	...(host !== undefined && {host}),
});
