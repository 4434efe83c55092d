/*
Starts the engine thread, from the file beside this one. In the executable, executable/start-engine.ts takes its place.
*/
import {Worker} from 'node:worker_threads';
import type {EngineStart} from './engine/thread.ts';

const address = (): URL =>
	import.meta.url.endsWith('.ts')
		? new URL('./engine/thread.ts', import.meta.url)
		: new URL('./engine.js', import.meta.url);

/** What the thread prints does not reach the terminal. */
export const startEngine = (start: EngineStart): Worker =>
	new Worker(address(), {workerData: start, stdout: true, stderr: true});
