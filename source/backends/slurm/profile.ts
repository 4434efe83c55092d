import * as z from 'zod';
import {text} from '../profiles/keys.ts';
import type {ProfileDefinition} from '../profiles/profile.ts';
import {binProblem, programOptions, reachedByPrograms, sshKey} from '../programs/profile-keys.ts';
import {slurm} from './index.ts';

const clustersWords = 'must be a list of cluster names such as ["east", "west"]';

const keys = {
	/** The folder of squeue, scancel, scontrol and sacct. */
	bin: text('must be the folder of squeue, scancel and sacct').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
	/** The clusters that are asked, by name. */
	clusters: z
		.array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, {error: clustersWords}), {
			error: clustersWords,
		})
		.min(1, {error: clustersWords})
		.optional(),
};

export const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of squeue, scancel, scontrol and sacct.',
		ssh: 'The host that runs these programs, as for ssh.',
		clusters: 'The clusters to poll, as for squeue -M.',
	},
	example: {},

	check({bin, ssh, clusters = []}, context) {
		const complain = (key: string, message: string) =>
			context.issues.push({code: 'custom', message, path: [key], input: key});
		const wrong = binProblem({bin, ssh});
		if (wrong !== undefined) complain('bin', wrong);
		const twice = clusters.find((name, index) => clusters.indexOf(name) !== index);
		if (twice !== undefined) complain('clusters', `names ${twice} twice; remove one`);
	},

	program: {name: 'squeue', versionOption: '--version'},

	...reachedByPrograms(),

	open: (name, {bin, ssh, clusters}, surroundings) =>
		slurm.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(clusters !== undefined && {clusters}),
		}),
};
