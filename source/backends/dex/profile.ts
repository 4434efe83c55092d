import * as z from 'zod';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {text} from '../profiles/keys.ts';
import {partlySet} from '../profiles/partly-set.ts';
import {withProfile} from '../profiles/profile.ts';
import {dex as definition, dexUrl} from './index.ts';

const projectsWords = 'must be a list such as ["proj_01", "proj_02"], or "all"';

const profile = httpProfile(definition, {
	keys: {
		account: text('must be the id of the account'),
		project: text('must be the id of a project').optional(),
		projects: z
			.union([z.literal('all'), z.array(z.string().min(1)).min(1)], {error: projectsWords})
			.optional(),
		...hostedKeys,
	},
	descriptions: {
		account: 'The id of the account.',
		project: 'The id of one project.',
		projects: 'The ids of several projects, or "all".',
		...hostedDescriptions,
	},
	example: {account: 'acc_01', projects: 'all', token_env: 'TOKEN'},
	check(entry, context) {
		checkHosted(entry, context);
		if ((entry.project === undefined) === (entry.projects === undefined)) {
			const message = 'is required, or projects = ["a", "b"], or projects = "all"';
			context.issues.push({code: 'custom', message, path: ['project'], input: entry});
		}
	},
	url: ({url}) => url ?? dexUrl,
	credentialHeaders: (token, {account}) => ({'X-Api-Key': token, 'X-Selected-Account-Id': account}),
	options: ({account, project, projects}, http) => ({
		...http,
		account,
		...(project !== undefined ? {project} : {projects: projects ?? 'all'}),
	}),
	discovery: {
		lookedFor: 'SGP_API_KEY with SGP_ACCOUNT_ID in the environment (Dex; SGP_PROJECT_ID names one project)',
		tokenVariables: ['SGP_API_KEY'],
		find: ({env}) =>
			env.SGP_API_KEY && env.SGP_ACCOUNT_ID
				? {
						token_env: 'SGP_API_KEY',
						account: env.SGP_ACCOUNT_ID,
						// Its own tools know no project.
						...(env.SGP_PROJECT_ID ? {project: env.SGP_PROJECT_ID} : {projects: 'all' as const}),
						...(env.SGP_BASE_URL && {url: env.SGP_BASE_URL}),
					}
				: undefined,
		evidence: () => 'SGP_API_KEY and SGP_ACCOUNT_ID are set',
		missing: ({env}) => partlySet(env, 'SGP_API_KEY', 'SGP_ACCOUNT_ID'),
	},
});

export const dex = withProfile(definition, profile);
