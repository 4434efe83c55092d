/*
What was done here, so that it can be undone: marks, narrowing, dismissing.
*/

import type {Intention} from '../../engine/protocol.ts';
import type {Ref} from '../../job/ref.ts';
import type {Act, Awaited, Screen} from '../../state/screen.ts';
import {awaitAnswer, endRange, mark, remember} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';

type Store = Pick<JobStore, 'change' | 'getState'>;

/** Asks the engine for something, and says that it was asked once the engine has taken it on. */
export const askEngine = (
	store: Pick<JobStore, 'change' | 'send'>,
	intention: Intention,
	awaited: Awaited,
): void => {
	// The answer may come at once.
	store.change(awaitAnswer(awaited));
	store.send(intention);
};

const without = (refs: ReadonlySet<Ref>, others: ReadonlySet<Ref>): readonly Ref[] =>
	[...refs].filter(ref => !others.has(ref));

type MarksAct = Extract<Act, {kind: 'marks'}>;

const difference = (before: ReadonlySet<Ref>, after: ReadonlySet<Ref>): MarksAct => ({
	kind: 'marks',
	added: without(after, before),
	removed: without(before, after),
});

/** Marks these and no others, in one act that can be undone; `act` where it is known what changes. */
export const setMarks = (
	store: Store,
	marks: ReadonlySet<Ref>,
	act: MarksAct = difference(store.getState().screen.marks, marks),
): void => {
	if (act.added.length === 0 && act.removed.length === 0) return;
	store.change(mark(marks), remember(act));
};

/** A range that is open ends where it is; what it marked is one act. */
export const closeRange = (store: Store): void => {
	const {screen} = store.getState();
	if (!screen.range) return;
	const act = difference(screen.range.base, screen.marks);
	store.change(endRange, ...(act.added.length > 0 ? [remember(act)] : []));
};

/** Narrows the view otherwise, in an act that can be undone; `before` is how it was. */
export const rememberView = (store: Store, before: Pick<Screen, 'filter' | 'only'>): void => {
	const {screen} = store.getState();
	if (screen.filter === before.filter && screen.only === before.only) return;
	store.change(remember({kind: 'filter', filter: before.filter, only: before.only}));
};
