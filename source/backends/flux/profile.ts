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
import {flux} from './index.ts';

const uriWords = 'must be an address such as "local:///run/flux/local" or "ssh://host/tmp/flux-x/local-0"';

const keys = {
	/** The folder of flux. */
	bin: text('must be the folder of flux').optional(),
	/** The machine on which it runs; this one if absent. */
	ssh: sshKey(),
	/** The instance that is asked. */
	uri: z
		.string({error: uriWords})
		.regex(/^(?:local|ssh):\/\/\S+$/, {error: uriWords})
		.optional(),
};

export const profile: ProfileDefinition<typeof keys> = {
	keys,
	descriptions: {
		bin: 'The folder of flux.',
		ssh: 'The host that runs flux, as for ssh.',
		uri: 'The address of the Flux instance, as for FLUX_URI.',
	},
	example: {},

	check({bin, ssh}, context) {
		const wrong = binProblem({bin, ssh});
		if (wrong !== undefined)
			context.issues.push({code: 'custom', message: wrong, path: ['bin'], input: 'bin'});
	},

	program: {
		name: 'flux',
		versionOption: 'version',
		// `commands:    		0.88.0`
		readVersion: line => /^commands:\s+(\S+)/.exec(line)?.[1]?.replace(/^/, 'flux '),
	},

	// FLUX_URI, or the program itself, knows where the instance is.
	...reachedByPrograms<ProgramKeys & {uri?: string | undefined}>(({uri}) =>
		uri === undefined ? undefined : `instance ${uri}`,
	),

	open: (name, {bin, ssh, uri}, surroundings) =>
		flux.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(uri !== undefined && {uri}),
		}),
};
