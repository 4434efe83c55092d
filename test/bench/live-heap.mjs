/*
Loaded into both threads of the program before anything else: collects all garbage every ten seconds, and appends what is still in use to the file of HEAP_FILE, a line for each thread.
*/
import {appendFileSync} from 'node:fs';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {isMainThread} from 'node:worker_threads';

const file = process.env.HEAP_FILE;
if (file !== undefined) {
	setFlagsFromString('--expose-gc');
	const collectGarbage = runInNewContext('gc');
	setInterval(() => {
		collectGarbage();
		const {heapUsed, external} = process.memoryUsage();
		const megabytes = (heapUsed + external) / 1024 / 1024;
		appendFileSync(file, `${isMainThread ? 'screen' : 'engine'} ${megabytes.toFixed(2)}\n`);
	}, 10_000).unref();
}
