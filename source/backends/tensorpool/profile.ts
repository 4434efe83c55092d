import {join} from 'node:path';
import {pathFrom} from '../../process/state-directory.ts';
import {readDotenvLine} from '../profiles/dotenv.ts';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {text, tokenKeyNames, tokenSource} from '../profiles/keys.ts';
import {withProfile} from '../profiles/profile.ts';
import {tensorpool as definition, tensorpoolUrl} from './index.ts';

/** The name of TensorPool's key, in the environment and in the `.env` file of its own tool. */
const keyVariable = 'TENSORPOOL_KEY';

/** TensorPool's own tool keeps its key in the folder in which its login was called. */
const dotenvIn = (folder: string): string => join(folder, '.env');

const profile = httpProfile(definition, {
	keys: {
		/** The file in which its own tool keeps the key. */
		token_dotenv: text('must be the path of a .env file').optional(),
		...hostedKeys,
	},
	descriptions: {
		token_dotenv:
			'The .env file with the line TENSORPOOL_KEY=, as tp writes it; you must own it, and nobody else may be able to write it.',
		...hostedDescriptions,
	},
	example: {token_env: 'TOKEN'},
	check: (entry, context) => checkHosted(entry, context, [...tokenKeyNames, 'token_dotenv']),
	url: ({url}) => url ?? tensorpoolUrl,
	credentialSource: (entry, surroundings) =>
		entry.token_dotenv === undefined
			? tokenSource(entry, surroundings)
			: {
					from: 'dotenv',
					path: pathFrom(surroundings.folder, entry.token_dotenv, surroundings.env),
					variable: keyVariable,
				},
	credentialHeaders: token => ({Authorization: `Bearer ${token}`}),
	// Another folder is likely another login, and nothing else shows whose key it is.
	options: ({token_dotenv: dotenv}, http) => ({
		...http,
		...(dotenv !== undefined && {account: `key in ${dotenv}`}),
	}),
	discovery: {
		lookedFor: 'TENSORPOOL_KEY in the environment or in ./.env (TensorPool)',
		tokenVariables: [keyVariable],
		foundIn: {token_dotenv: 'the current folder'},
		find: ({env, here}) => {
			const url = env.TENSORPOOL_ENGINE && {url: env.TENSORPOOL_ENGINE};
			if (env[keyVariable]) return {token_env: keyVariable, ...url};
			if (here === undefined || !('value' in readDotenvLine(dotenvIn(here), keyVariable))) return undefined;
			return {token_dotenv: dotenvIn(here), ...url};
		},
		evidence: ({env, here}) =>
			env[keyVariable] || here === undefined
				? `${keyVariable} is set`
				: `${dotenvIn(here)} has ${keyVariable}`,
		missing: ({env, here}) => {
			if (env[keyVariable] || here === undefined) return undefined;
			const line = readDotenvLine(dotenvIn(here), keyVariable);
			return 'missing' in line && line.said ? `${dotenvIn(here)} ${line.missing}` : undefined;
		},
	},
});

export const tensorpool = withProfile(definition, profile);
