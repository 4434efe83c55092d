import {pathFrom} from '../../process/state-directory.ts';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {text, tokenKeyNames, tokenSource} from '../profiles/keys.ts';
import {keyVariable} from './facts.ts';
import {tensorpool, tensorpoolUrl} from './index.ts';

export const profile = httpProfile(tensorpool, {
	keys: {
		/** The file in which its own tool keeps the key. */
		token_dotenv: text('must be the path of a .env file').optional(),
		...hostedKeys(),
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
});
