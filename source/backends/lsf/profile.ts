import {text} from '../profiles/keys.ts';
import type {ProfileDefinition} from '../profiles/profile.ts';
import {binProblem, programOptions, reachedByPrograms, sshKey} from '../programs/profile-keys.ts';
import {lsf} from './index.ts';

const keys = {
	/** The folder of bjobs, bkill, bhist, bpeek and lsid. */
	bin: text('must be the folder of bjobs and bkill').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
};

export const profile: ProfileDefinition<typeof keys> = {
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

	...reachedByPrograms(),

	open: (name, {bin, ssh}, surroundings) => lsf.connect(name, programOptions({bin, ssh}, surroundings)),
};
