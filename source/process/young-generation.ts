/*
How much memory the first thread gives to what is short-lived.
*/
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';

/** Bytes, both halves together. */
const mostBytes = 32 * 1024 * 1024;
let limited = false;

/**
To be called whenever much was taken in: once the young generation is as large as Node 22 lets it be, it grows no further. Node 24 would let it be four times as large, and most of that stays empty.

A worker is told so as it starts; for the first thread V8 only takes a factor of growth, which it looks up each time.
*/
export const limitYoungGeneration = (): void => {
	if (limited) return;
	const young = getHeapSpaceStatistics().find(({space_name}) => space_name === 'new_space');
	if (young === undefined || young.space_size < mostBytes) return;
	limited = true;
	setFlagsFromString('--semi-space-growth-factor=1');
};
