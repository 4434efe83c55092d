import {openPrograms, type ProgramOptions, type Programs} from '../programs/programs.ts';

/** Slurm's programs, for one cluster. */
export type SlurmPrograms = Programs<'squeue' | 'scancel' | 'scontrol' | 'sacct'>;

/** The programs of one cluster; of the cluster to which the machine belongs, if none is given. */
export const openSlurmPrograms = (options: ProgramOptions, cluster?: string): SlurmPrograms =>
	openPrograms(options, {
		env: {
			LC_ALL: 'C.UTF-8',
			SLURM_TIME_FORMAT: '%s',
			// Otherwise Slurm cuts the tasks of a large array to `42_[1,3,5,...`.
			SLURM_BITSTR_LEN: '0',
		},
		hidden: ['SQUEUE_*', 'SCANCEL_*', 'SACCT_*', 'SCONTROL_*', 'SLURM_CLUSTERS'],
		// The cluster stands before all other arguments: the same number is another job on another cluster.
		first: cluster === undefined ? [] : ['-M', cluster],
	});
