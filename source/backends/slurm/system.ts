import type {System} from '../../job/system.ts';

/** The name of the cluster in what `scontrol show config` prints: https://slurm.schedmd.com/scontrol.html; undefined where it does not say. */
export const readClusterName = (text: string): string | undefined =>
	/^ClusterName\s*=\s*(\S+)\s*$/m.exec(text)?.[1];

/** Which Slurm it is: its cluster, and the machine whose programs are run where that is another one. */
export const slurmSystem = (cluster: string | undefined, host: string | undefined): System => ({
	kind: 'slurm',
	...(cluster !== undefined && {cluster}),
	...(host !== undefined && {host}),
});
