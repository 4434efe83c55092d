/*
A word follows the engine's answer: what was asked for is said to be asked once the engine has taken it on, and not before.
*/
import type {Patch} from '../engine/protocol.ts';
import type {Awaited, Screen} from '../state/screen.ts';

/** Whether a message answers what is awaited: true where it was taken on, false where it was not. */
const answerIn = ({kind, ref}: Awaited, patch: Patch): boolean | undefined => {
	if (patch.type === 'dismissed') {
		const isOurs = (kind === 'dismiss' || kind === 'restore') && patch.refs.includes(ref);
		return isOurs ? patch.hidden === (kind === 'dismiss') : undefined;
	}
	return patch.type === 'asked' && patch.kind === kind && patch.refs.includes(ref) ? patch.taken : undefined;
};

/** The screen after these messages. Where something was not taken on, a notice says why, and no word stands before it. */
export const heard = (screen: Screen, patches: readonly Patch[]): Screen => {
	const {awaited, ...rest} = screen;
	if (!awaited) return screen;
	const taken = patches.map(patch => answerIn(awaited, patch)).find(answer => answer !== undefined);
	if (taken === undefined) return screen;
	// Another key has been answered since.
	if (screen.word !== awaited.meanwhile) return rest;
	const {word: _word, ...silent} = rest;
	return taken && awaited.word !== undefined ? {...silent, word: awaited.word} : silent;
};
