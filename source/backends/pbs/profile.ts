import {join} from 'node:path';
import * as z from 'zod';
import {text} from '../profiles/keys.ts';
import {type ProfileDefinition, withProfile} from '../profiles/profile.ts';
import {
	binProblem,
	type ProgramKeys,
	programOptions,
	reachedByPrograms,
	sshKey,
} from '../programs/profile-keys.ts';
import {pbs as definition} from './index.ts';
import {findInstallation, hasPrograms, otherQstat} from './installation.ts';

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

const profile: ProfileDefinition<typeof keys> = {
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

	discovery: {
		lookedFor: 'PBS_CONF_FILE or /etc/pbs.conf (PBS Professional, OpenPBS)',
		tokenVariables: [],
		ofThisMachine: true,
		find(surroundings) {
			const bin = findInstallation(surroundings)?.bin;
			return bin !== undefined && hasPrograms(bin) ? {bin} : undefined;
		},
		evidence(surroundings) {
			const {file, bin} = findInstallation(surroundings) ?? {};
			return `${file} names ${bin}`;
		},
		missing(surroundings) {
			const found = findInstallation(surroundings);
			if (found === undefined) return undefined;
			if (found.bin === undefined) return `${found.file} does not name PBS_EXEC`;
			return hasPrograms(found.bin) ? undefined : `there is no qstat, qdel or qselect in ${found.bin}`;
		},
		passedOver: surroundings =>
			findInstallation(surroundings) === undefined ? otherQstat(surroundings.env) : undefined,
		localName: surroundings => findInstallation(surroundings)?.server?.replace(/[.:].*$/, ''),
	},

	...reachedByPrograms<ProgramKeys & {server?: string | undefined}>(({server}) =>
		server === undefined ? undefined : `server ${server}`,
	),

	open: (name, {bin, ssh, server}, surroundings) =>
		definition.connect(name, {
			...programOptions({bin, ssh}, surroundings),
			...(server !== undefined && {server}),
		}),
};

export const pbs = withProfile(definition, profile);
