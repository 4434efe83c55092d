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
import {htcondor} from './index.ts';

const placeWords = 'must be a name such as "cm.example.org" or "schedd@submit.example.org"';

/** An argument of the programs that can be no option. */
const place = () =>
	z.string({error: placeWords}).regex(/^[A-Za-z0-9_[][A-Za-z0-9._:@%[\]-]*$/, {error: placeWords});

const keys = {
	/** The folder of condor_q, condor_rm and condor_history. */
	bin: text('must be the folder of condor_q and condor_rm').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: sshKey(),
	/** The central manager that knows the schedd. */
	pool: place().optional(),
	/** The schedd that is asked. */
	schedd: place().optional(),
};

export const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of condor_q, condor_rm and condor_history.',
		ssh: 'The host that runs these programs, as for ssh.',
		pool: 'The central manager of the pool, as for condor_q -pool.',
		schedd: 'The name of the schedd, as for condor_q -name.',
	},
	example: {},

	check({bin, ssh, pool, schedd}, context) {
		const complain = (key: string, message: string) =>
			context.issues.push({code: 'custom', message, path: [key], input: key});
		const wrong = binProblem({bin, ssh});
		if (wrong !== undefined) complain('bin', wrong);
		// Without a name, the programs look for a schedd of this machine in that pool.
		if (pool !== undefined && schedd === undefined) {
			complain('pool', 'has no effect without schedd; add the name of the schedd');
		}
	},

	program: {
		name: 'condor_q',
		versionOption: '-version',
		readVersion(line) {
			// `$CondorVersion: 23.9.6 2026-07-12 … $`
			const version = /^\$CondorVersion: (\S+)/.exec(line)?.[1];
			return version === undefined ? undefined : `condor ${version}`;
		},
	},

	...reachedByPrograms<ProgramKeys & {schedd?: string | undefined}>(({schedd}) =>
		schedd === undefined ? undefined : `schedd ${schedd}`,
	),

	open: (name, {bin, ssh, pool, schedd}, surroundings) =>
		htcondor.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(pool !== undefined && {pool}),
			...(schedd !== undefined && {schedd}),
		}),
};
