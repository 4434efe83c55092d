import {createStore, type StoreApi} from 'zustand/vanilla';
import type {Patch} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import type {SendIntention} from '../state/known.ts';
import type {Touched} from '../state/rows.ts';
import {initialScreen, type Screen, type Size} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {resizeTo, type Transition, unmark} from '../state/transitions.ts';
import {emptyOrder} from '../table/order.ts';
import {goesByCancellations} from '../table/sorting.ts';
import {withView} from '../table/table-view.ts';
import {withTrueWord} from '../table/true-word.ts';
import {applyPatches, nothingKnown, type PatchedKnown} from './apply-patches.ts';
import {heard} from './heard.ts';
import {createHeldRows} from './held-rows.ts';
import {createMarkKeeper} from './replaced-marks.ts';
import {type Cause, elapse, holdMs, holds, release, settle} from './settle.ts';

export type JobStore = Pick<StoreApi<State>, 'getState' | 'subscribe' | 'getInitialState'> & {
	/** Applies the engine's patches: one update for the whole array. */
	readonly receive: (patches: readonly Patch[]) => void;
	/** Applies the transitions of a key, in order: one update. */
	readonly change: (...transitions: readonly Transition[]) => void;
	/** Sorts waiting rows in. */
	readonly sortIn: () => void;
	/** Hides rows, or shows them again, at once. The caller informs the engine. */
	readonly hide: (refs: readonly Ref[], hidden: boolean) => void;
	/** Combines all changes in `work` into one update. */
	readonly together: (work: () => void) => void;
	readonly resize: (size: Size) => void;
	/** Called at each tick of the clock: old news leave. */
	readonly elapse: () => void;
	readonly send: SendIntention;
	/** Epoch milliseconds when the screen was opened. */
	readonly openedAt: number;
};

export type JobStoreOptions = {readonly send: SendIntention; readonly clock: Clock};

/** The store of the screen: the engine's reports, and the user's changes of the screen. */
export const createJobStore = ({send, clock}: JobStoreOptions): JobStore => {
	let known: PatchedKnown = {...nothingKnown(), connecting: true};
	const api = createStore<State>(() => ({
		known,
		screen: initialScreen,
		order: emptyOrder,
		rows: emptyOrder.inView,
		cancellations: [],
	}));
	let state = api.getState();
	let depth = 0;
	let releasing: (() => void) | undefined;

	const publish = () => {
		if (depth === 0 && state !== api.getState()) api.setState(state, true);
	};

	const held = createHeldRows();

	const put = (next: State, cause: Cause) => {
		state = settle(state, next, cause);
		if (state.order.waiting.size > 0 && !releasing) releaseLater(holdMs);
		publish();
	};

	/** Sorts waiting rows in once no key was pressed for a while. */
	const releaseLater = (ms: number) => {
		releasing = clock.after(ms, () => {
			releasing = undefined;
			if (state.order.waiting.size === 0) return;
			const now = clock.now();
			// Unfreezing sorts them in.
			if (state.screen.frozenAt !== undefined) return;
			if (holds(state, now)) {
				const {keyAt} = state.screen;
				return releaseLater(keyAt === undefined ? holdMs : Math.max(100, keyAt + holdMs - now));
			}
			state = release(state, now);
			publish();
		});
	};

	const withSavedView = (patches: readonly Patch[]): Screen => {
		const hello = patches.find(patch => patch.type === 'hello');
		return hello?.view ? withView(state.screen, hello.view) : state.screen;
	};

	const change: JobStore['change'] = (...transitions) => {
		const screen = transitions.reduce((each, transition) => transition(each), state.screen);
		const thaws = state.screen.frozenAt !== undefined && screen.frozenAt === undefined;
		put({...state, screen}, {now: clock.now(), byKey: true, touched: new Map()});
		if (thaws) receive(held.release());
	};

	const replacedMarks = createMarkKeeper();
	const receive: JobStore['receive'] = received => {
		const patches = state.screen.frozenAt === undefined ? received : held.take(received, state.known);
		// Must come before applying the patches, which changes the rows in place.
		const touched = touchedBy(patches, state);
		const replaced = replacedMarks(state, patches);
		known = applyPatches(known, patches);
		const answered = unmark(replaced)(heard(withSavedView(patches), received));
		const screen = withTrueWord(answered, {before: state.known, known, patches: received});
		put(
			{...state, known, screen},
			{
				now: clock.now(),
				byKey: false,
				touched,
			},
		);
	};

	return {
		// Newer than the published state during `together`, because keys in one event build on each other.
		getState: () => state,
		getInitialState: api.getInitialState,
		subscribe: api.subscribe,
		receive,
		change,
		sortIn: () => put(state, {now: clock.now(), byKey: true, touched: new Map(), sortsIn: true}),
		hide(refs, hidden) {
			known = applyPatches(known, [{type: 'dismissed', refs, hidden}]);
			put({...state, known}, {now: clock.now(), byKey: true, touched: new Map()});
		},
		together(work) {
			depth++;
			try {
				work();
			} finally {
				depth--;
				publish();
			}
		},
		resize(size) {
			const {columns, rows} = state.screen.size;
			if (size.columns === columns && size.rows === rows) return;
			const next = {...state, screen: resizeTo(size)(state.screen)};
			put(next, {now: clock.now(), byKey: false, touched: new Map()});
		},
		elapse() {
			state = elapse(state, clock.now());
			publish();
		},
		send,
		openedAt: clock.now(),
	};
};

/** The jobs whose row or place may change, as they are before the patches. */
const touchedBy = (patches: readonly Patch[], {known, screen}: State): Touched => {
	const touched = new Map<Ref, Job | undefined>();
	const touch = (ref: Ref) => {
		touched.set(ref, known.jobs.byRef.get(ref));
	};
	for (const patch of patches) {
		if (patch.type === 'jobs') {
			for (const {ref} of patch.upserts) touch(ref);
			for (const ref of patch.removes) touch(ref);
		}
		if (patch.type === 'cancellations' && goesByCancellations(screen.sort)) {
			for (const {ref} of patch.reports) touch(ref);
		}
	}
	return touched;
};
