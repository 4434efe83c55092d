import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {address} from '../profiles/keys.ts';
import {tapis} from './index.ts';

export const profile = httpProfile(tapis, {
	// Each tenant has an address of its own.
	keys: {...hostedKeys(), url: address()},
	descriptions: hostedDescriptions,
	example: {url: 'https://tenant.example.org', token_env: 'TOKEN'},
	check: (entry, context) => checkHosted(entry, context),
	url: ({url}) => url,
	credentialHeaders: token => ({'X-Tapis-Token': token}),
	options: (_, http) => http,
});
