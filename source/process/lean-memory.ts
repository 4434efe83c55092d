/*
Keeps the memory of both threads small: login nodes are shared.
*/
import {setFlagsFromString} from 'node:v8';

/** Flags of V8 for all threads of the process. V8 reads each when it next decides, so they must be set early, but not on the command line. */
const flags = [
	// Short-lived objects get 2 MB in each thread. By default that grows to 64 MB, and most of it stays empty.
	'--semi-space-growth-factor=1',
	// Do not optimize WebAssembly, the layout and the HTTP parser: for a moment the compiler takes 25 MB in each thread, which the C library then keeps.
	'--wasm-tiering-budget=2000000000',
	// V8 collects garbage twice more in each thread, eight seconds after a collection, if the program rests: as much work as a minute of polls, and our own collections leave nothing. The longest delay is a day.
	'--gc-memory-reducer-start-delay-ms=86400000',
] as const;

/** Sets the flags. Call it before the second thread starts, and before any WebAssembly loads. Compiled code is for one set of flags: what was compiled before is compiled again after a change. */
export const keepMemorySmall = (): void => {
	for (const flag of flags) setFlagsFromString(flag);
};
