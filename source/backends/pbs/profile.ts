import {join} from 'node:path';
import * as z from 'zod';
import {text} from '../profiles/keys.ts';
import type {ProfileDefinition} from '../profiles/profile.ts';
import {
	binProblem,
	type ProgramKeys,
	programOptions,
	reachedByPrograms,
	sshKey,
} from '../programs/profile-keys.ts';
import {pbs} from './index.ts';
import {findInstallation, hasPrograms} from './installation.ts';

const serverWords = 'must be the name of a host such as "pbs.example.org"';

const keys = {
	/** The folder of qstat, qdel and qselect. */
	bin: text('must be the folder of qstat, qdel and qselect').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
	/** The server that is asked. */
	server: z
		.string({error: serverWords})
		.regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?$/, {error: serverWords})
		.optional(),
};

export const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of qstat, qdel and qselect.',
		ssh: 'The host that runs these programs, as for ssh.',
		server: 'The server to ask, as in PBS_SERVER.',
	},
	example: {},

	check({bin, ssh}, context) {
		const wrong = binProblem({bin, ssh});
		if (wrong !== undefined)
			context.issues.push({code: 'custom', message: wrong, path: ['bin'], input: 'bin'});
	},

	program: {
		name: 'qstat',
		find(surroundings) {
			const bin = findInstallation(surroundings)?.bin;
			return bin !== undefined && hasPrograms(bin) ? join(bin, 'qstat') : undefined;
		},
		versionOption: '--version',
		readVersion: line => line.replace(/^pbs_version = /, 'pbs '),
	},

	...reachedByPrograms<ProgramKeys & {server?: string | undefined}>(({server}) =>
		server === undefined ? undefined : `server ${server}`,
	),

	open: (name, {bin, ssh, server}, surroundings) =>
		pbs.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(server !== undefined && {server}),
		}),
};
