/*
Loaded into the program under test (in both of its threads): throws in the thread that the file names, once the file is there.
*/
import {readFileSync} from 'node:fs';
import {isMainThread} from 'node:worker_threads';

const thread = isMainThread ? 'screen' : 'engine';
const look = () => {
	let wanted = '';
	try {
		wanted = readFileSync(process.env.CRASH_FILE ?? '', 'utf8');
	} catch {
		return;
	}
	if (wanted === thread) throw new Error(`a fault in the ${thread} thread`);
};
setInterval(look, 50).unref();
