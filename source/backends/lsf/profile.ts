import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {text} from '../profiles/keys.ts';
import {type DiscoverySurroundings, type ProfileDefinition, withProfile} from '../profiles/profile.ts';
import {binProblem, programOptions, reachedByPrograms, sshKey} from '../programs/profile-keys.ts';
import {isSlurmWrapper, pathOfProgram} from '../programs/program-path.ts';
import {lsf as definition} from './index.ts';

const keys = {
	/** The folder of bjobs, bkill, bhist, bpeek and lsid. */
	bin: text('must be the folder of bjobs and bkill').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
};

/** What is wrong with the bjobs on PATH, in words; undefined if it is LSF's. */
const otherBjobs = (file: string): string | undefined => {
	if (isSlurmWrapper(file)) return `${file} is Slurm's wrapper, and asks Slurm`;
	// OpenLava and others have a bjobs, too.
	return existsSync(join(dirname(file), 'lsid')) ? undefined : `${file} is there, but no lsid beside it`;
};

const bjobsOf = ({env}: DiscoverySurroundings): string | undefined => pathOfProgram('bjobs', env);

const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of bjobs, bkill, bhist, bpeek and lsid.',
		ssh: 'The host that runs these programs, as for ssh.',
	},
	example: {},

	check({bin, ssh}, context) {
		const wrong = binProblem({bin, ssh});
		if (wrong !== undefined)
			context.issues.push({code: 'custom', message: wrong, path: ['bin'], input: 'bin'});
	},

	program: {name: 'bjobs', versionOption: '-V'},

	discovery: {
		lookedFor: 'bjobs on PATH, with lsid beside it (LSF)',
		tokenVariables: [],
		ofThisMachine: true,
		find(surroundings) {
			const file = bjobsOf(surroundings);
			return file === undefined || otherBjobs(file) !== undefined ? undefined : {};
		},
		evidence(surroundings) {
			const folder = surroundings.env.LSF_ENVDIR;
			return `bjobs is ${bjobsOf(surroundings)}${folder ? `, and LSF_ENVDIR is ${folder}` : ''}`;
		},
		passedOver(surroundings) {
			const file = bjobsOf(surroundings);
			return file === undefined ? undefined : otherBjobs(file);
		},
		missing: ({env}) =>
			env.LSF_ENVDIR && pathOfProgram('bjobs', env) === undefined
				? 'LSF_ENVDIR is set, but bjobs is not on PATH'
				: undefined,
	},

	...reachedByPrograms(),

	open: (name, {bin, ssh}, surroundings) =>
		definition.connect(name, programOptions({bin, ssh}, surroundings)),
};

export const lsf = withProfile(definition, profile);
