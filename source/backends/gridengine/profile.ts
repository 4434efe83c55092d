import {existsSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import {text} from '../profiles/keys.ts';
import {type DiscoverySurroundings, type ProfileDefinition, withProfile} from '../profiles/profile.ts';
import {
	binProblem,
	type ProgramKeys,
	programOptions,
	reachedByPrograms,
	sshKey,
} from '../programs/profile-keys.ts';
import {pathOfProgram} from '../programs/program-path.ts';
import {gridengine as definition} from './index.ts';

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

/** The folder of qconf on PATH with a qstat beside it: PBS and others have a qstat, too. */
const folderOnPath = (env: DiscoverySurroundings['env']): string | undefined => {
	const qconf = pathOfProgram('qconf', env);
	const folder = qconf && dirname(qconf);
	return folder !== undefined && existsSync(join(folder, 'qstat')) ? folder : undefined;
};

/** The folder of the programs below SGE_ROOT, one for each kind of machine: that of this one, if it can be known. */
const folderBelow = (root: string): string | undefined => {
	try {
		const folders = readdirSync(join(root, 'bin')).filter(name =>
			existsSync(join(root, 'bin', name, 'qstat')),
		);
		const own = folders.find(name => name.includes(process.arch === 'x64' ? 'amd64' : process.arch));
		const [only] = own === undefined && folders.length > 1 ? [] : [own ?? folders[0]];
		return only && join(root, 'bin', only);
	} catch {
		return undefined;
	}
};

const profile: ProfileDefinition<typeof keys> = {
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

	discovery: {
		lookedFor: 'qconf beside qstat on PATH, or SGE_ROOT (Grid Engine)',
		tokenVariables: [],
		ofThisMachine: true,
		find({env}) {
			const folder = folderOnPath(env);
			// The qstat that comes first on PATH may be that of another system.
			if (folder !== undefined && pathOfProgram('qstat', env) === join(folder, 'qstat')) return {};
			const bin = folder ?? (env.SGE_ROOT && folderBelow(env.SGE_ROOT));
			return bin ? {bin} : undefined;
		},
		evidence({env}) {
			const folder = folderOnPath(env);
			return folder === undefined
				? `SGE_ROOT is ${cleanText(env.SGE_ROOT ?? '')}`
				: `qconf is ${cleanText(join(folder, 'qconf'))}, beside a qstat`;
		},
		foundIn: {bin: 'the place of qconf, or SGE_ROOT'},
		missing: ({env}) =>
			env.SGE_ROOT
				? 'SGE_ROOT is set, but there is no bin/*/qstat below it, and no qconf on PATH'
				: undefined,
	},

	...reachedByPrograms<ProgramKeys & {cell?: string | undefined}>(({cell}) =>
		cell === undefined ? undefined : `cell ${cell}`,
	),

	open: (name, {bin, ssh, root, cell}, surroundings) =>
		definition.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(root !== undefined && {root}),
			...(cell !== undefined && {cell}),
		}),
};

export const gridengine = withProfile(definition, profile);
