import * as z from 'zod';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {authDescription, text} from '../profiles/keys.ts';
import {withProfile} from '../profiles/profile.ts';
import {ionworks as definition, ionworksUrl} from './index.ts';

const profile = httpProfile(definition, {
	keys: {
		/** A key goes out as X-API-Key, a token as a bearer. */
		auth: z
			.enum(['header', 'bearer'], {error: 'must be "header" for a key or "bearer" for a token'})
			.optional(),
		organization: text('must be the id of an organization').optional(),
		...hostedKeys,
	},
	descriptions: {
		auth: authDescription,
		organization: 'The id of the organization.',
		...hostedDescriptions,
	},
	example: {token_env: 'TOKEN'},
	check: (entry, context) => checkHosted(entry, context),
	url: ({url}) => url ?? ionworksUrl,
	credentialHeaders: (token, {auth, organization}) => ({
		...(auth === 'bearer' ? {Authorization: `Bearer ${token}`} : {'X-API-Key': token}),
		...(organization !== undefined && {'X-Organization-Id': organization}),
	}),
	options: ({organization}, http) => ({
		...http,
		...(organization !== undefined && {account: organization}),
	}),
	discovery: {
		lookedFor: 'IONWORKS_API_KEY or IONWORKS_API_TOKEN in the environment (Ionworks)',
		tokenVariables: ['IONWORKS_API_KEY', 'IONWORKS_API_TOKEN'],
		find: ({env}) => {
			const bearer = Boolean(env.IONWORKS_API_TOKEN);
			if (!bearer && !env.IONWORKS_API_KEY) return undefined;
			return {
				token_env: bearer ? 'IONWORKS_API_TOKEN' : 'IONWORKS_API_KEY',
				auth: bearer ? ('bearer' as const) : ('header' as const),
				...(env.IONWORKS_API_URL && {url: env.IONWORKS_API_URL}),
				...(env.IONWORKS_ORGANIZATION_ID && {organization: env.IONWORKS_ORGANIZATION_ID}),
			};
		},
		evidence: ({env}) => `${env.IONWORKS_API_TOKEN ? 'IONWORKS_API_TOKEN' : 'IONWORKS_API_KEY'} is set`,
	},
});

export const ionworks = withProfile(definition, profile);
