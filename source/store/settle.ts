/*
What follows from a change: the order, the cursors and the windows. Every new state goes through here, so nothing that is shown can lag behind.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {Ref} from '../job/ref.ts';
import {compareCancellations} from '../view-models/cancellation-words.ts';
import {follow} from '../view-models/cursor.ts';
import {layoutOf} from '../view-models/layout.ts';
import {type Order, type OrderInputs, reorder, sortAgain, viewAgain} from '../view-models/order.ts';
import {windowTop} from '../view-models/window.ts';
import type {Cursor, Screen} from './screen.ts';
import type {Known} from './state.ts';

/** Everything that the screen is drawn from. */
export type State = {
	readonly known: Known;
	readonly screen: Screen;
	readonly order: Order;
	/** All cancellations, those that want the reader first. */
	readonly cancellations: readonly CancellationReport[];
};

export type Cause = {
	readonly now: number;
	/** Whether a key did it. */
	readonly byKey: boolean;
	/** Jobs that came, changed or went. */
	readonly touched: ReadonlySet<Ref>;
};

/** For how long rows stay in their places after a key, in milliseconds: nothing slides away from under a finger. */
export const holdMs = 3000;

/** Whether rows may not change places now: a key was just pressed, or a question is open. */
export const holds = ({screen}: State, now: number): boolean =>
	screen.overlay?.kind === 'box' || (screen.keyAt !== undefined && now - screen.keyAt < holdMs);

const inputsOf = ({known, screen}: State): OrderInputs => ({
	known,
	sort: screen.sort,
	filter: screen.filter,
	only: screen.only,
});

/** The state with everything that follows from it, given the settled one before. */
export const settle = (before: State, state: State, cause: Cause): State => {
	const order = settleOrder(before, state, cause);
	const cancellations =
		state.known.cancellations === before.known.cancellations
			? before.cancellations
			: [...state.known.cancellations.values()].sort(compareCancellations);
	const screen = settleScreen(before, {...state, order, cancellations}, cause);
	return {...state, screen, order, cancellations};
};

const settleOrder = (before: State, state: State, {now, touched}: Cause): Order => {
	const inputs = inputsOf(state);
	const {screen, known} = state;
	const resorted = screen.sort !== before.screen.sort;
	let order = reorder(
		before.order,
		inputs,
		touched,
		!resorted && holds(state, now) && before.order.all.length > 0,
	);
	if (resorted) order = sortAgain(order, inputs);
	const narrowed =
		screen.filter !== before.screen.filter ||
		screen.only !== before.screen.only ||
		known.dismissed !== before.known.dismissed;
	return narrowed ? viewAgain(order, inputs) : order;
};

/** The same state, sorted: it was held long enough. */
export const sorted = (state: State, now: number): State => {
	const order = sortAgain(state.order, inputsOf(state));
	const cause: Cause = {now, byKey: false, touched: new Set()};
	return {...state, order, screen: settleScreen(state, {...state, order}, cause)};
};

const settleScreen = (before: State, state: State, {now, byKey}: Cause): Screen => {
	const {order, cancellations} = state;
	let {screen} = state;
	if (order.inView !== before.order.inView || screen.cursor !== before.screen.cursor) {
		const cursor = settleCursor(before, state, byKey, now);
		if (cursor !== screen.cursor) screen = {...screen, cursor};
	}
	if (cancellations !== before.cancellations) {
		const chosen = follow(screen.chosen, before.cancellations, cancellations, byKey, now);
		if (chosen !== screen.chosen) screen = {...screen, chosen};
	}
	const {tableRows} = layoutOf(screen, cancellations.length > 0);
	const top = windowTop(topAfter(before, screen), screen.cursor.index, order.inView.length, tableRows);
	return top === screen.top ? screen : {...screen, top};
};

/** Nobody has touched the keyboard yet: the cursor belongs to no job and waits on the first row. */
const settleCursor = (before: State, state: State, byKey: boolean, now: number): Cursor => {
	const {screen, order} = state;
	if (screen.keyAt !== undefined) return follow(screen.cursor, before.order.inView, order.inView, byKey, now);
	const ref = order.inView[0]?.ref;
	if (ref === screen.cursor.ref) return screen.cursor;
	const replaced = ref !== undefined && screen.cursor.ref !== undefined;
	return {index: 0, ...(ref !== undefined && {ref}), ...(replaced && {movedAt: now})};
};

/** The window goes along with its cursor, so that the line under the eye stays where it is; at the very top it stays there. */
const topAfter = (before: State, screen: Screen): number => {
	const same = screen.cursor.ref === before.screen.cursor.ref;
	return same && screen.top > 0 ? screen.top + screen.cursor.index - before.screen.cursor.index : screen.top;
};
