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
import {gridengine} from './index.ts';

const cellWords = 'must be a name such as "default"';

const keys = {
	/** The folder of qstat, qdel, qacct and qconf. */
	bin: text('must be the folder of qstat and qdel').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
	/** Where Grid Engine is installed. */
	root: z
		.string({error: 'must be the folder of SGE_ROOT, which begins with /'})
		.regex(/^\/[^\0]*$/, {error: 'must be the folder of SGE_ROOT, which begins with /'})
		.optional(),
	/** The cell that is asked. */
	cell: z
		.string({error: cellWords})
		.regex(/^[A-Za-z0-9_][\w.-]*$/, {error: cellWords})
		.optional(),
};

export const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of qstat, qdel, qacct and qconf.',
		ssh: 'The host that runs these programs, as for ssh.',
		root: 'Where Grid Engine is installed, as SGE_ROOT.',
		cell: 'The cell to ask, as SGE_CELL.',
	},
	example: {},

	check({bin, ssh}, context) {
		const message = binProblem({bin, ssh});
		if (message !== undefined) context.issues.push({code: 'custom', message, path: ['bin'], input: 'bin'});
	},

	program: {
		name: 'qconf',
		versionOption: '-help',
		// `SGE 8.1.9`, `UGE 8.6.15`, `OCS 9.0.2 …`
		readVersion: line => /^\w+ [\d.]+\S*/.exec(line)?.[0],
	},

	...reachedByPrograms<ProgramKeys & {cell?: string | undefined}>(({cell}) =>
		cell === undefined ? undefined : `cell ${cell}`,
	),

	open: (name, {bin, ssh, root, cell}, surroundings) =>
		gridengine.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(root !== undefined && {root}),
			...(cell !== undefined && {cell}),
		}),
};
