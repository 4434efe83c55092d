import {existsSync} from 'node:fs';
import {join} from 'node:path';
import * as z from 'zod';
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
import {flux as definition} from './index.ts';

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

/** Where the system's own instance listens. */
const systemSocket = ({run = '/run'}: DiscoverySurroundings): string => join(run, 'flux', 'local');

/** Where an instance is that flux would ask, in words; undefined where there is none. */
const placeOfInstance = (surroundings: DiscoverySurroundings): string | undefined => {
	if (surroundings.env.FLUX_URI) return 'FLUX_URI is set';
	const socket = systemSocket(surroundings);
	return existsSync(socket) ? `${socket} is there` : undefined;
};

const profile: ProfileDefinition<typeof keys> = {
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

	discovery: {
		lookedFor: 'flux on PATH, with FLUX_URI or /run/flux/local (Flux)',
		tokenVariables: [],
		ofThisMachine: true,
		// The name alone says nothing: a tool for Kubernetes is called flux, too.
		find: surroundings =>
			pathOfProgram('flux', surroundings.env) !== undefined && placeOfInstance(surroundings) !== undefined
				? {}
				: undefined,
		evidence: surroundings =>
			`${placeOfInstance(surroundings)}, and flux is ${pathOfProgram('flux', surroundings.env)}`,
		passedOver(surroundings) {
			const file = pathOfProgram('flux', surroundings.env);
			if (file === undefined || placeOfInstance(surroundings) !== undefined) return undefined;
			return `flux is ${file}, but FLUX_URI is not set and there is no ${systemSocket(surroundings)}`;
		},
		missing: ({env}) =>
			env.FLUX_URI && pathOfProgram('flux', env) === undefined
				? 'FLUX_URI is set, but flux is not on PATH'
				: undefined,
	},

	// FLUX_URI, or the program itself, knows where the instance is.
	...reachedByPrograms<ProgramKeys & {uri?: string | undefined}>(({uri}) =>
		uri === undefined ? undefined : `instance ${uri}`,
	),

	open: (name, {bin, ssh, uri}, surroundings) =>
		definition.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(uri !== undefined && {uri}),
		}),
};

export const flux = withProfile(definition, profile);
