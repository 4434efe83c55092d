import {loginProfile} from '../profiles/login.ts';
import {partlySet} from '../profiles/partly-set.ts';
import {withProfile} from '../profiles/profile.ts';
import {weaver as definition} from './index.ts';

/** An address as Weaver's own client takes it: http where it has no scheme, and without what names its jobs. */
const addressIn = (written: string): string =>
	(/^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `http://${written}`).replace(/\/jobs\/?$/, '');

export const weaver = withProfile(
	definition,
	loginProfile(definition, {
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
	}),
);
