import {userInfo} from 'node:os';
import * as z from 'zod';
import {ConfigurationError} from '../../process/configuration-error.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {
	authDescription,
	checkAddress,
	requestDescriptions,
	requestKeys,
	tokenDescriptions,
	tokenKeyNames,
	tokenKeys,
} from '../profiles/keys.ts';
import {slurmrestd} from './index.ts';

const addressWords = 'must be an address such as "https://example.org:6820" or "unix:/run/slurmrestd.sock"';
const auths = ['header', 'bearer'] as const;
const userWords = 'must be a user name on the cluster';

/** The name of the user who runs jobtop. In a container that user may have no name. */
const ownName = (profile: string): string => {
	try {
		return userInfo().username;
	} catch (error) {
		const words = 'is required: the user who runs jobtop has no name on this machine';
		throw new ConfigurationError(`profiles.${profile}.user: ${words}`, {cause: error});
	}
};

export const profile = httpProfile(slurmrestd, {
	keys: {
		/** That of the server, or of its socket on this machine. */
		url: z.string({error: addressWords}).superRefine((written, context) => {
			if (!/^unix:\/./.test(written)) checkAddress(written, context, addressWords);
		}),
		/** Whose jobs are mine, and to whom the token belongs; the user who runs jobtop if absent. */
		user: z
			.string({error: userWords})
			.regex(/^[A-Za-z0-9._@-]+$/, {error: userWords})
			.optional(),
		...tokenKeys(),
		/** The token goes out as X-SLURM-USER-TOKEN, or as a bearer. */
		auth: z.enum(auths, {error: `must be one of ${auths.join(', ')}`}).optional(),
		...requestKeys(),
	},
	descriptions: {
		url: 'The address of the server, or unix:/path for its socket.',
		user: 'The user name that belongs to the token.',
		...tokenDescriptions,
		auth: authDescription,
		...requestDescriptions,
	},
	example: {url: 'https://example.org:6820', user: 'ada', token_env: 'TOKEN'},

	check(entry, context) {
		const [first, second] = tokenKeyNames.filter(key => entry[key] !== undefined);
		const complain = (key: string, message: string) =>
			context.issues.push({code: 'custom', message, path: [key], input: entry});
		if (second !== undefined) complain(second, `sets the same as ${first}; keep one of them`);
		// At its socket slurmrestd may know who asks.
		else if (first === undefined && !entry.url.startsWith('unix:')) {
			complain('url', `needs a token: add one of ${tokenKeyNames.join(', ')}`);
		} else if (first === undefined && entry.auth !== undefined) {
			complain(
				'auth',
				`has an effect only with a token: add one of ${tokenKeyNames.join(', ')}, or remove it`,
			);
		}
	},

	url: ({url}) => url,
	credentialHeaders: (token, {auth}): Readonly<Record<string, string>> =>
		auth === 'bearer' ? {Authorization: `Bearer ${token}`} : {'X-SLURM-USER-TOKEN': token},
	options({url, user}, http, {profile, hasCredential}) {
		const socketPath = /^unix:(.*)$/.exec(url)?.[1];
		return {
			...http,
			user: user ?? ownName(profile),
			sendUser: hasCredential,
			...(socketPath !== undefined && {url: 'http://localhost', socketPath}),
		};
	},
});
