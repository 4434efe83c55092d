/*
What is known of Weaver before a profile of it is loaded: its traits, and how it is found.
*/
import type {BackendTraits} from '../backend.ts';
import {commonTraits} from '../ogc/common-traits.ts';
import {partlySet} from '../profiles/partly-set.ts';
import type {BackendFacts} from '../profiles/profile.ts';

export const traits: BackendTraits = {
	kind: 'weaver',
	title: 'Weaver',
	...commonTraits,
	consequence:
		"DELETE also removes the job's outputs and logs, and its process may still run, or start later; a job that ends at that moment can lose its results",
	deleteConsequence:
		'the server removes its outputs and logs, and forgets how it ended; a record that says dismissed may remain',
};

/** An address as Weaver's own client takes it: http where it has no scheme, and without what names its jobs. */
const addressIn = (written: string): string =>
	(/^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `http://${written}`).replace(/\/jobs\/?$/, '');

export const weaver = {
	traits,
	discovery: {
		lookedFor: 'WEAVER_URL in the environment (Weaver; JOBTOP_WEAVER_TOKEN is its token)',
		tokenVariables: ['JOBTOP_WEAVER_TOKEN'],
		find: ({env}) =>
			env.WEAVER_URL
				? {
						url: addressIn(env.WEAVER_URL),
						...(env.JOBTOP_WEAVER_TOKEN && {token_env: 'JOBTOP_WEAVER_TOKEN'}),
					}
				: undefined,
		evidence: () => 'WEAVER_URL is set',
		missing: ({env}) => (env.WEAVER_URL ? undefined : partlySet(env, 'JOBTOP_WEAVER_TOKEN', 'WEAVER_URL')),
	},
} satisfies BackendFacts;
