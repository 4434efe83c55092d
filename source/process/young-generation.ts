/*
Limits the memory of the first thread for short-lived objects.
*/
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';

/** Bytes of both semi-spaces together. */
const maxBytes = 32 * 1024 * 1024;
let limited = false;

/**
Call it after large updates. It stops the growth of the young generation at the limit of Node 22. Node 24 allows four times as much, and most of that stays empty.

A worker gets its limit at the start. For the first thread, V8 only has a growth factor, which it reads each time.
*/
export const limitYoungGeneration = (): void => {
	if (limited) return;
	const young = getHeapSpaceStatistics().find(({space_name}) => space_name === 'new_space');
	if (young === undefined || young.space_size < maxBytes) return;
	limited = true;
	setFlagsFromString('--semi-space-growth-factor=1');
};
