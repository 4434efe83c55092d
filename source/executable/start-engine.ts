/*
Starts the engine thread from within the executable.
*/
import {Worker} from 'node:worker_threads';
import type {EngineStart} from '../engine/thread.ts';
import {runPart} from './run-part.ts';

export const startEngine = (start: EngineStart): Worker =>
	new Worker(`(${runPart})('engine')`, {eval: true, workerData: start, stdout: true, stderr: true});
