/*
Plays the tour of the demo: types its keys where a person would type them, until the person does.
*/
import {bindingOf, isCommandId} from '../keys/bindings.ts';
import {type KeySource, keyWord} from '../keys/words.ts';
import {type Clock, wait} from '../process/clock.ts';
import type {State} from '../state/state.ts';
import {explain, say} from '../state/transitions.ts';
import type {JobStore} from '../store/store.ts';
import type {Typist} from './input-stage.ts';
import {type TourKey, type TourStep, tourSteps} from './tour-steps.ts';

/** Plays the tour on a screen. `typeUntil` gives it the keys until the person types. Returns a function that ends it without a word. */
export type Tour = (stage: TourStage) => () => void;

export type TourStage = {
	readonly store: JobStore;
	readonly clock: Clock;
	readonly typeUntil: (interrupted: () => void) => Typist;
};

/** How long the tour waits for a fact that it needs, in milliseconds. */
const patienceMs = 40_000;
/** Milliseconds between two keys, and between two letters of a text. */
const keyMs = 350;
const letterMs = 90;

/** How long people read a caption, in milliseconds. */
export const readingMs = (caption: string): number => 1000 + 32 * caption.length;

/** The part of the reading that is before the keys; the rest is for their effect. */
const before = 0.7;

const sequences: Readonly<Record<string, string>> = {
	enter: '\r',
	escape: '\u001b',
	space: ' ',
	tab: '\t',
	down: '\u001b[B',
	up: '\u001b[A',
	pagedown: '\u001b[6~',
	pageup: '\u001b[5~',
};

/** What a terminal sends for a key; undefined if the tour cannot type it. */
export const sequenceOf = (key: string): string | undefined =>
	sequences[key] ?? (Array.from(key).length === 1 ? key : undefined);

/** The keys one by one, as a terminal sends them, each with the milliseconds before the next. */
export const keystrokes = (key: TourKey): readonly {readonly typed: string; readonly ms: number}[] =>
	typeof key === 'object'
		? Array.from(key.text, typed => ({typed, ms: letterMs}))
		: bindingOf(key)
				.keys.slice(0, 1)
				.flatMap(name => ({typed: sequenceOf(name) ?? '', ms: keyMs}));

/** A caption with the keys of the commands that it names in braces. */
export const captionOf = ({caption}: TourStep, keys: KeySource): string =>
	caption.replace(/\{([a-z-]+)\}/g, (whole, id) => (isCommandId(id) ? keyWord(keys, id) : whole));

/** Resolves with true once the state is as wanted, or with false after `ms` milliseconds. Rejects if the signal is aborted. */
const becomes = (
	{store, clock}: Pick<TourStage, 'store' | 'clock'>,
	wanted: (state: State) => boolean,
	ms: number,
	signal: AbortSignal,
): Promise<boolean> =>
	new Promise((resolve, reject) => {
		const end = (settle: () => void) => {
			stopWaiting();
			unsubscribe();
			signal.removeEventListener('abort', abort);
			settle();
		};
		const abort = () => end(() => reject(signal.reason));
		const stopWaiting = clock.after(ms, () => end(() => resolve(false)));
		const unsubscribe = store.subscribe(state => {
			if (wanted(state)) end(() => resolve(true));
		});
		signal.addEventListener('abort', abort, {once: true});
		if (wanted(store.getState())) end(() => resolve(true));
	});

/** The tour, so many times faster than people read. */
export const createTour =
	(speed: number, steps: readonly TourStep[] = tourSteps): Tour =>
	({store, clock, typeUntil}) => {
		const ended = new AbortController();
		const {signal} = ended;
		const handOver = (word: string) => {
			ended.abort();
			store.change(explain(undefined), say(word));
		};
		const typist = typeUntil(() => handOver('tour stopped; the keys are yours'));
		const pause = (ms: number) => wait(clock, ms / speed, signal);
		const typeKeys = async (keys: readonly TourKey[]) => {
			for (const {typed, ms} of keys.flatMap(keystrokes)) {
				typist.type(typed);
				await pause(ms);
			}
		};
		const play = async () => {
			for (const step of steps) {
				const {ready, optionalMs, keys} = step;
				if (!(await becomes({store, clock}, ready, optionalMs ?? patienceMs, signal))) {
					if (optionalMs !== undefined) continue;
					typist.end();
					return handOver('the tour cannot go on here; the keys are yours');
				}
				const caption = captionOf(step, store.getState());
				store.change(explain(caption));
				await pause(readingMs(caption) * before);
				await typeKeys(keys(store.getState(), clock.now()));
				await pause(readingMs(caption) * (1 - before));
			}
			typist.end();
			handOver('the tour has ended; the keys are yours');
		};
		play().catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
		return () => {
			typist.end();
			ended.abort();
		};
	};
