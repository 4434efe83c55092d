import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {address} from '../profiles/keys.ts';
import {partlySet} from '../profiles/partly-set.ts';
import {withProfile} from '../profiles/profile.ts';
import {tapis as definition} from './index.ts';

const profile = httpProfile(definition, {
	// Each tenant has an address of its own.
	keys: {...hostedKeys, url: address},
	descriptions: hostedDescriptions,
	example: {url: 'https://tenant.example.org', token_env: 'TOKEN'},
	check: (entry, context) => checkHosted(entry, context),
	url: ({url}) => url,
	credentialHeaders: token => ({'X-Tapis-Token': token}),
	options: (_, http) => http,
	discovery: {
		lookedFor: 'TAPIS_BASE_URL with TAPIS_TOKEN in the environment (Tapis)',
		tokenVariables: ['TAPIS_TOKEN'],
		find: ({env}) =>
			env.TAPIS_BASE_URL && env.TAPIS_TOKEN ? {url: env.TAPIS_BASE_URL, token_env: 'TAPIS_TOKEN'} : undefined,
		evidence: () => 'TAPIS_BASE_URL and TAPIS_TOKEN are set',
		missing: ({env}) => partlySet(env, 'TAPIS_BASE_URL', 'TAPIS_TOKEN'),
	},
});

export const tapis = withProfile(definition, profile);
