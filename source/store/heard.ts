/*
Shows a message after the engine's answer: an intention is called accepted only once the engine has accepted it.
*/
import type {Patch} from '../engine/protocol.ts';
import type {Awaited, Screen} from '../state/screen.ts';

/** The answer to the pending intention: true if accepted, false if not, undefined for another patch. */
const answerIn = ({kind, ref}: Awaited, patch: Patch): boolean | undefined => {
	if (patch.type === 'dismissed') {
		const isOurs = (kind === 'dismiss' || kind === 'restore') && patch.refs.includes(ref);
		return isOurs ? patch.hidden === (kind === 'dismiss') : undefined;
	}
	return patch.type === 'asked' && patch.kind === kind && patch.refs.includes(ref) ? patch.taken : undefined;
};

/** The screen after these patches. For a rejected intention, a notice says why, so no message hides it, and its jobs are marked again. */
export const heard = (screen: Screen, patches: readonly Patch[]): Screen => {
	const {awaited, ...rest} = screen;
	if (!awaited) return screen;
	const taken = patches.map(patch => answerIn(awaited, patch)).find(answer => answer !== undefined);
	if (taken === undefined) return screen;
	const marks = !taken && awaited.unmarked ? new Set([...screen.marks, ...awaited.unmarked]) : screen.marks;
	// Another key has replaced the message.
	if (screen.word !== awaited.meanwhile) return {...rest, marks};
	const {word: _word, ...others} = rest;
	const silent = {...others, marks};
	return taken && awaited.word !== undefined ? {...silent, word: awaited.word} : silent;
};
