import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

/** Which instance is asked, by which program. */
export type FluxOptions = ProgramOptions & {
	/** The address of the instance, as for `FLUX_URI`; that of the environment, else the system's own, if absent. */
	readonly uri?: string;
};

/** The program of Flux, for one instance. */
export type FluxPrograms = Programs<'flux'>;

export const openFluxPrograms = ({uri, ...options}: FluxOptions): FluxPrograms =>
	openPrograms(options, {
		env: {LC_ALL: 'C.UTF-8', ...(uri !== undefined && {FLUX_URI: uri})},
		hidden: ['FLUX_JOBS_*', 'FLUX_F58_*'],
		first: [],
	});
