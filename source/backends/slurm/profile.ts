import * as z from 'zod';
import {connectionSocket, pathFrom} from '../../process/state-directory.ts';
import {text} from '../profiles/keys.ts';
import {type ProfileDefinition, withProfile} from '../profiles/profile.ts';
import {pathOfProgram} from '../programs/program-path.ts';
import {nameOfCluster} from './cluster-name.ts';
import {slurm as definition} from './index.ts';

const sshWords = 'must be a host for ssh, such as "login.example.org" or "me@login"';
const clustersWords = 'must be a list of cluster names such as ["east", "west"]';

const keys = {
	/** The folder of squeue, scancel, scontrol and sacct. */
	bin: text('must be the folder of squeue, scancel and sacct').optional(),
	/** The machine on which they run; this one if absent. */
	ssh: z
		.string({error: sshWords})
		.regex(/^(?:ssh:\/\/)?[A-Za-z0-9_][A-Za-z0-9._@:%[\]-]*$/, {error: sshWords})
		.optional(),
	/** The clusters that are asked, by name. */
	clusters: z
		.array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, {error: clustersWords}), {
			error: clustersWords,
		})
		.min(1, {error: clustersWords})
		.optional(),
};

const profile: ProfileDefinition<typeof keys> = {
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
		if (ssh !== undefined && bin !== undefined && !bin.startsWith('/')) {
			complain('bin', 'must begin with /: with ssh it is a folder on the other machine');
		}
		const twice = clusters.find((name, index) => clusters.indexOf(name) !== index);
		if (twice !== undefined) complain('clusters', `names ${twice} twice; remove one`);
	},

	discovery: {
		lookedFor: 'squeue on PATH (Slurm)',
		tokenVariables: [],
		ofThisMachine: true,
		find: ({env}) => (pathOfProgram('squeue', env) ? {} : undefined),
		localName: ({env, etc}) => nameOfCluster(env, etc),
	},

	// Its programs know where the controller is, and who asks.
	address: () => undefined,
	credentialSource: () => undefined,

	reach({bin, ssh}) {
		const programs = bin === undefined ? 'the programs on PATH' : `the programs in ${bin}`;
		return {
			address: ssh === undefined ? programs : `${programs} of ${ssh}`,
			...(ssh !== undefined && {host: ssh}),
			curl: [],
		};
	},

	open: (name, {bin, ssh, clusters}, {env, folder, programEnv = env}) =>
		definition.connect(name, {
			programEnv,
			...(bin !== undefined && {bin: ssh === undefined ? pathFrom(folder, bin, env) : bin}),
			...(ssh !== undefined && {ssh: {destination: ssh, controlPath: connectionSocket(env, ssh)}}),
			...(clusters !== undefined && {clusters}),
		}),
};

export const slurm = withProfile(definition, profile);
