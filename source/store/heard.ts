/*
Shows a message after the engine's answer: an intention is called accepted only once the engine has accepted it.
*/
import type {Patch} from '../engine/protocol.ts';
import type {Ref} from '../job/ref.ts';
import type {Awaited, DismissAct} from '../state/message.ts';
import type {Screen} from '../state/screen.ts';
import {forgetDismissal, mark, remember, say, showBatch} from '../state/transitions.ts';

/** The answer to the pending intention: true if accepted, false if not, undefined for another patch. */
const answerIn = ({kind, refs}: Awaited, patch: Patch): boolean | undefined => {
	const isOurs = (others: readonly Ref[]) => refs[0] !== undefined && others.includes(refs[0]);
	if (patch.type === 'dismissed') {
		const isHiding = kind === 'dismiss' || kind === 'restore';
		return isHiding && isOurs(patch.refs) ? patch.hidden === (kind === 'dismiss') : undefined;
	}
	return patch.type === 'asked' && patch.kind === kind && isOurs(patch.refs) ? patch.taken : undefined;
};

/** The screen after these patches. For a rejected intention, a notice says why, so no message hides it. */
export const heard = (screen: Screen, patches: readonly Patch[]): Screen => {
	let next = screen;
	for (const patch of patches) {
		if (next.awaited.length === 0) break;
		// The first one that it may answer: the engine answers in order.
		const awaited = next.awaited.find(each => answerIn(each, patch) !== undefined);
		if (!awaited) continue;
		const taken = answerIn(awaited, patch) === true;
		next = {...next, awaited: next.awaited.filter(each => each !== awaited)};
		next = taken ? accepted(next, awaited) : rejected(next, awaited);
		// What was sent last is what the cancellations show.
		if (taken && patch.type === 'asked' && patch.batch !== undefined) next = showBatch(patch.batch)(next);
		// Otherwise another key has replaced the message.
		if (next.word === awaited.meanwhile) next = say(taken ? awaited.word : undefined, awaited.about)(next);
	}
	return next;
};

const accepted = (before: Screen, {kind, refs, filtered}: Awaited): Screen => {
	const screen = filtered ? {...before, filtered} : before;
	if (kind === 'restore') return forgetDismissal(refs)(screen);
	if (kind !== 'cancel' && kind !== 'force') return screen;
	const marks = new Set(screen.marks);
	const removed = refs.filter(ref => marks.delete(ref));
	if (removed.length === 0) return screen;
	return remember({kind: 'marks', added: [], removed})(mark(marks)(screen));
};

const rejected = (screen: Screen, {kind, act}: Awaited): Screen => {
	if (!act) return screen;
	return kind === 'dismiss' ? takeBack(screen, act) : bringBack(screen, act);
};

/** The screen without this dismissal: its rows were not hidden, so their marks come back. */
const takeBack = (screen: Screen, {refs}: DismissAct): Screen => {
	const act = screen.acts.find((each): each is DismissAct => each.kind === 'dismiss' && each.refs === refs);
	if (!act) return screen;
	const marks = new Set([...screen.marks, ...act.unmarked]);
	return mark(marks)({...screen, acts: screen.acts.filter(each => each !== act)});
};

/** The screen with this dismissal: its rows stay hidden, so it can be undone again. */
const bringBack = (screen: Screen, act: DismissAct): Screen => {
	const marks = new Set(screen.marks);
	// A mark that has left since was of another job.
	const unmarked = act.unmarked.filter(ref => marks.delete(ref));
	return remember({...act, unmarked})(mark(marks)(screen));
};
