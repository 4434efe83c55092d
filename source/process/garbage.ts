/*
Collects the garbage of a thread now and then. V8 collects only when it must, so the memory of a program that waits grows to several times what it uses. Login nodes are shared.
*/
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** Milliseconds between collections: the first follows the first lists, and the others are rare, because each takes 10 to 200 ms. */
const delaysMs = [5000, 60_000] as const;
const laterMs = 600_000;

type Collect = (options: {readonly type: 'major'; readonly flavor: 'last-resort'}) => void;

/** Runs a full collection of this thread, and returns the freed memory to the system at once. */
export const collectGarbage = (): void => {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as Collect)({type: 'major', flavor: 'last-resort'});
};

/** V8 collects twice more in each thread, eight seconds after a collection, if the program rests: that is as much work as a minute of polls, and ours leave nothing to collect. The longest delay is a day. */
const leaveCollectionsToUs = (): void => setFlagsFromString('--gc-memory-reducer-start-delay-ms=86400000');

const inBackground = (ms: number, callback: () => void) => void setTimeout(callback, ms).unref();

/** Returns a function that begins the collections at its first call; later calls do nothing. */
export const garbageCollection = (after = inBackground, collect = collectGarbage): (() => void) => {
	leaveCollectionsToUs();
	let begun = false;
	const plan = (index: number): void =>
		after(delaysMs[index] ?? laterMs, () => {
			collect();
			plan(index + 1);
		});
	return () => {
		if (begun) return;
		begun = true;
		plan(0);
	};
};
