import * as z from 'zod';
import {checkHosted, hostedDescriptions, hostedKeys} from '../profiles/hosted.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {text} from '../profiles/keys.ts';
import {dex, dexUrl} from './index.ts';

const projectsWords = 'must be a list such as ["proj_01", "proj_02"], or "all"';

export const profile = httpProfile(dex, {
	keys: {
		account: text('must be the id of the account'),
		project: text('must be the id of a project').optional(),
		projects: z
			.union([z.literal('all'), z.array(z.string().min(1)).min(1)], {error: projectsWords})
			.optional(),
		...hostedKeys(),
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
});
