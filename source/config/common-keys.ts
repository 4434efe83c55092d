/*
The keys that every profile can have, and those of `[limits]`.
*/
import * as z from 'zod';
import {flag} from '../backends/profiles/keys.ts';
import {parseDuration} from './duration.ts';

const intervalWords = 'must be a time of at least one second, such as "5s" or "2m"';
/** A time between two polls, in milliseconds. */
export const interval = () =>
	z.string({error: intervalWords}).transform((written, context) => {
		const ms = parseDuration(written);
		if (ms !== undefined && ms >= 1000 && ms <= 86_400_000) return ms;
		context.issues.push({code: 'custom', message: intervalWords, input: written});
		return z.NEVER;
	});

const concurrencyWords = 'must be a whole number from 1 to 64 (concurrent requests)';
const rateWords = 'must be a number from 0.01 to 1000, such as 5 or 0.5 (requests per second)';
const pageWords = 'must be an address that contains {id}, such as "https://app.example.org/jobs/{id}"';

const always = () => z.literal(true, {error: 'must be true; no other file can lift a limit'}).optional();

/** The keys of `[limits]` and `[limits.BACKEND]`. */
export const limitKeys = () => ({
	min_interval: interval().optional(),
	max_rate: z
		.number({error: rateWords})
		.min(0.01, {error: rateWords})
		.max(1000, {error: rateWords})
		.optional(),
	read_only: always(),
	protect: always(),
});

export const commonKeys = () => ({
	/** Cancelling requires typing the profile's name. */
	protect: flag().optional(),
	read_only: flag().optional(),
	interval: interval().optional(),
	concurrency: z
		.int({error: concurrencyWords})
		.min(1, {error: concurrencyWords})
		.max(64, {error: concurrencyWords})
		.optional(),
	/** The address of a job's web page, with `{id}` for its id. */
	page: z
		.string({error: pageWords})
		.regex(/^https?:\/\/[^\s{}]+\{id\}[^\s{}]*$/, {error: pageWords})
		.optional(),
	rate: z.number({error: rateWords}).min(0.01, {error: rateWords}).max(1000, {error: rateWords}).optional(),
});
