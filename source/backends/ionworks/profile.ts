import * as z from 'zod';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {authDescription, text} from '../profiles/keys.ts';
import {ionworks, ionworksUrl} from './index.ts';

export const profile = httpProfile(ionworks, {
	keys: {
		/** A key goes out as X-API-Key, a token as a bearer. */
		auth: z
			.enum(['header', 'bearer'], {error: 'must be "header" for a key or "bearer" for a token'})
			.optional(),
		organization: text('must be the id of an organization').optional(),
		...hostedKeys(),
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
});
