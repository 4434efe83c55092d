import type {Environment} from '../../process/state-directory.ts';

/** Which of several variables that are needed together are set and which are not; undefined where that does not differ. */
export const partlySet = (env: Environment, ...names: readonly string[]): string | undefined => {
	const set = names.filter(name => env[name]);
	const unset = names.filter(name => !env[name]);
	if (set.length === 0 || unset.length === 0) return undefined;
	const are = (list: readonly string[]) => `${list.join(' and ')} ${list.length === 1 ? 'is' : 'are'}`;
	return `${are(set)} set, ${are(unset)} not`;
};
