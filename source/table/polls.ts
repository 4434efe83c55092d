import type {Known} from '../state/known.ts';

/** The poll that a person asks for, of this profile or of all: the profiles that answer it, and the words about it, also why there is none. */
export const askedPoll = (
	{profiles, health}: Pick<Known, 'profiles' | 'health'>,
	profile?: string,
): {readonly profiles: readonly string[]; readonly words: string} => {
	if (profiles.length === 0) return {profiles: [], words: 'there is no profile to poll'};
	const polled = profiles
		.map(({name}) => name)
		.filter(name => (profile === undefined || name === profile) && health.get(name)?.state !== 'off');
	const words =
		polled.length === 0
			? `${profile ?? 'every profile'} is turned off: nothing is polled`
			: `polling ${profile ?? 'all profiles'}`;
	return {profiles: polled, words};
};
