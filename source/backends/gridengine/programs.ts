import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

/** Which Grid Engine is asked, by which programs. */
export type GridEngineOptions = ProgramOptions & {
	/** SGE_ROOT; that of the environment if absent. */
	readonly root?: string;
	/** SGE_CELL; that of the environment if absent. */
	readonly cell?: string;
};

/** Grid Engine's programs, for one cell. */
export type GridEnginePrograms = Programs<'qstat' | 'qdel' | 'qacct' | 'qconf'>;

export const openGridEnginePrograms = ({root, cell, ...options}: GridEngineOptions): GridEnginePrograms =>
	openPrograms(options, {
		env: {
			LC_ALL: 'C.UTF-8',
			// They print local times without a zone.
			TZ: 'UTC0',
			...(root !== undefined && {SGE_ROOT: root}),
			...(cell !== undefined && {SGE_CELL: cell}),
		},
		hidden: [],
		first: [],
	});
