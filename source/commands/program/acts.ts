/*
Acts that can be undone: marking, filtering, dismissing.
*/

import type {Intention} from '../../engine/protocol.ts';
import type {Ref} from '../../job/ref.ts';
import type {About, Awaited} from '../../state/message.ts';
import type {Act, Screen} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {awaitAnswer, endRange, mark, remember} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';
import {askedOnServers, askedThere} from '../../table/subject.ts';

type Store = Pick<JobStore, 'change' | 'getState'>;

/** Sends a request to the engine, and confirms it on the screen once the engine has accepted it. */
export const askEngine = (
	store: Pick<JobStore, 'change' | 'send'>,
	intention: Intention,
	awaited: Awaited,
): void => {
	// The answer may arrive at once.
	store.change(awaitAnswer(awaited));
	store.send(intention);
};

/** A message about the cancellations of these jobs: it holds `during` that, and then says how they stand. */
export const aboutCancellations = (
	{known: {cancellations}}: State,
	refs: readonly Ref[],
	words: Pick<Extract<About, {kind: 'cancellations'}>, 'during' | 'text'>,
): About => ({
	kind: 'cancellations',
	reports: new Map(refs.map(ref => [ref, cancellations.get(ref)])),
	...words,
});

/** The message once these jobs are hidden, or shown: `before` and `after` the note that their servers are asked too. */
export const hidingWords = (
	state: State,
	refs: readonly Ref[],
	hidden: boolean,
	{before, after = ''}: {readonly before: string; readonly after?: string},
): Required<Pick<Awaited, 'about' | 'word'>> => {
	const there = new Set(askedOnServers(state, refs));
	return {
		word: `${before}${askedThere(state, refs)}${after}`,
		about: {kind: 'hidden', refs, hidden, there, answered: `${before}${after}`},
	};
};

const without = (refs: ReadonlySet<Ref>, others: ReadonlySet<Ref>): readonly Ref[] =>
	[...refs].filter(ref => !others.has(ref));

type MarksAct = Extract<Act, {kind: 'marks'}>;

const difference = (before: ReadonlySet<Ref>, after: ReadonlySet<Ref>): MarksAct => ({
	kind: 'marks',
	added: without(after, before),
	removed: without(before, after),
});

/** Marks exactly these jobs, in one act that can be undone; `act` if the change is known. */
export const setMarks = (
	store: Store,
	marks: ReadonlySet<Ref>,
	act: MarksAct = difference(store.getState().screen.marks, marks),
): void => {
	if (act.added.length === 0 && act.removed.length === 0) return;
	store.change(mark(marks), remember(act));
};

/** Ends an open range; its marks are one act. */
export const closeRange = (store: Store): void => {
	const {screen} = store.getState();
	if (!screen.range) return;
	const act = difference(screen.range.base, screen.marks);
	store.change(endRange, ...(act.added.length > 0 ? [remember(act)] : []));
};

/** Changes the filter or profile of the view, in an act that can be undone; `before` is the previous view. */
export const rememberView = (store: Store, before: Pick<Screen, 'filter' | 'only'>): void => {
	const {screen} = store.getState();
	if (screen.filter === before.filter && screen.only === before.only) return;
	store.change(remember({kind: 'filter', filter: before.filter, only: before.only}));
};
