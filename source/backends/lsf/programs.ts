import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

export type LsfOptions = ProgramOptions;

/** LSF's programs. */
export type LsfPrograms = Programs<'bjobs' | 'bkill' | 'bhist' | 'bpeek' | 'lsid'>;

export const openLsfPrograms = (options: LsfOptions): LsfPrograms =>
	openPrograms(options, {
		// Times are texts without a zone.
		env: {LC_ALL: 'C.UTF-8', TZ: 'UTC0', LSB_DISPLAY_YEAR: 'Y'},
		hidden: ['LSB_BJOBS_*', 'LSB_HMS_TIME_FORMAT'],
		first: [],
	});
