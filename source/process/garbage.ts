/*
Collects the garbage of a thread now and then. V8 collects only when it must, so the memory of a program that waits grows to several times what it uses. Login nodes are shared.
*/
import {getHeapStatistics, setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** Milliseconds between collections: the first follows the first lists, and the others are rare, because each takes 10 to 200 ms. */
const delaysMs = [5000, 60_000] as const;
const laterMs = 600_000;

/** Milliseconds between two looks at the memory in use. */
const lookMs = 5000;
/** Garbage of these bytes, and of half of what was in use before, is collected at the next look. Beyond `maxBytes` in use, a collection would delay a key, and V8 does it bit by bit. */
const garbageBytes = 16e6;
const garbagePart = 0.5;
const maxBytes = 256e6;

/** Whether so much more is in use than right after the last collection that another one is worth its time. */
export const hasGrown = (bytes: number, collectedBytes: number): boolean =>
	collectedBytes <= maxBytes && bytes > collectedBytes * (1 + garbagePart) + garbageBytes;

const bytesInUse = (): number => {
	const {used_heap_size, external_memory} = getHeapStatistics();
	return used_heap_size + external_memory;
};

type Collect = (options: {readonly type: 'major'; readonly flavor?: 'last-resort'}) => void;

/** Runs a full collection of this thread. `thoroughly` takes twice as long, and returns the freed memory to the system at once. */
export const collectGarbage = (thoroughly: boolean): void => {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as Collect)({type: 'major', ...(thoroughly && {flavor: 'last-resort'})});
};

const inBackground = (ms: number, callback: () => void) => void setTimeout(callback, ms).unref();

/** Returns a function that begins the collections at its first call; later calls do nothing. */
export const garbageCollection = (
	after = inBackground,
	collect = collectGarbage,
	inUse = bytesInUse,
): (() => void) => {
	let begun = false;
	let collectedBytes = Number.POSITIVE_INFINITY;
	const collectNow = (thoroughly: boolean) => {
		collect(thoroughly);
		collectedBytes = inUse();
	};
	const look = (): void =>
		after(lookMs, () => {
			if (hasGrown(inUse(), collectedBytes)) collectNow(false);
			look();
		});
	const plan = (index: number): void =>
		after(delaysMs[index] ?? laterMs, () => {
			collectNow(true);
			plan(index + 1);
		});
	return () => {
		if (begun) return;
		begun = true;
		plan(0);
		look();
	};
};
