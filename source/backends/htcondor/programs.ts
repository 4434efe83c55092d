import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

/** Which schedd is asked, by which programs. */
export type CondorOptions = ProgramOptions & {
	/** The central manager that knows the schedd; that of the machine if absent. */
	readonly pool?: string;
	/** The schedd to ask; that of the machine if absent. */
	readonly schedd?: string;
};

/** HTCondor's programs, for one schedd. */
export type CondorPrograms = Programs<'condor_q' | 'condor_rm' | 'condor_history'>;

export const openCondorPrograms = ({pool, schedd, ...options}: CondorOptions): CondorPrograms =>
	openPrograms(options, {
		env: {LC_ALL: 'C.UTF-8'},
		// What else begins with `_CONDOR_` configures where the schedd is, and how it knows who asks.
		hidden: ['_CONDOR_TOOL_DEBUG'],
		// They stand before all other arguments: the same number is another job of another schedd.
		first: [
			...(pool === undefined ? [] : ['-pool', pool]),
			...(schedd === undefined ? [] : ['-name', schedd]),
		],
	});
