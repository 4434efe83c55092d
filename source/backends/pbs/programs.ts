import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

/** Which server is asked, by which programs. */
export type PbsOptions = ProgramOptions & {
	/** The server to ask; that of the machine if absent. */
	readonly server?: string;
};

/** The programs of PBS, for one server. */
export type PbsPrograms = Programs<'qstat' | 'qdel' | 'qselect'>;

export const openPbsPrograms = ({server, ...options}: PbsOptions): PbsPrograms =>
	openPrograms(options, {
		env: {
			LC_ALL: 'C.UTF-8',
			// They print local times, without a zone.
			TZ: 'UTC',
			...(server !== undefined && {PBS_SERVER: server, PBS_DEFAULT: server}),
		},
		hidden: [],
		first: [],
	});
