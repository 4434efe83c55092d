import * as z from 'zod';
import {cleanLines, cleanText} from '../job/clean-text.ts';
import {readTime} from './read-time.ts';

// A lesser field of another type is passed over; it must not cost the job its row.
export const lesserText = z.string().nullish().catch(undefined);
export const lesserNumber = z.number().nullish().catch(undefined);

/** Text that is safe to show; undefined where there is nothing to show. */
export const shown = (value: string | null | undefined): string | undefined => {
	if (typeof value !== 'string') return undefined;
	const clean = cleanText(value).trim();
	return clean === '' ? undefined : clean;
};

/** An id is shown and sent exactly as it is: one that cannot be shown safely cannot be both. Nor can one that was no UTF-8: it was replaced in part, as another one may have been. */
export const isUsableId = (id: unknown): id is string =>
	typeof id === 'string' && id !== '' && cleanText(id) === id && !id.includes('\ufffd');

/** A time for people, in UTC; as it came where it is no ISO 8601. */
export const shownTime = (time: string | null | undefined): string | undefined => {
	const at = readTime(time);
	return at === undefined
		? shown(time)
		: new Date(at)
				.toISOString()
				.replace('T', ' ')
				.replace(/\.\d+Z$/, ' UTC');
};

/** An address without what may be a secret in it: its user, its query, its fragment. */
export const shownAddress = (address: string | null | undefined): string | undefined => {
	if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
	const {protocol, host, pathname} = new URL(address);
	return shown(`${protocol}//${host}${pathname}`);
};

/** Whether an address alone gives access: by a user in it, or by a signature in its query. */
export const carriesSecret = (address: string): boolean => {
	if (!URL.canParse(address)) return true;
	const {username, password, searchParams} = new URL(address);
	return username !== '' || password !== '' || [...searchParams.keys()].some(name => tellingName.test(name));
};

const tellingName = /sig|token|key|credential|secret|passw|auth|expires|policy/i;

/** A text of many lines, without the addresses in it that alone give access. */
export const shownLines = (text: string): string =>
	cleanLines(
		text.replace(/https?:\/\/[^\s"'<>\\]+/gi, address =>
			carriesSecret(address) ? (shownAddress(address) ?? '[address]') : address,
		),
	);

/** What a server answered, as JSON of many lines. */
export const shownJson = (value: unknown): string => shownLines(JSON.stringify(value, null, 2));

/** The labelled facts of which something is known. */
export const knownFacts = (
	facts: readonly (readonly [label: string, value: string | undefined])[],
): (readonly [label: string, value: string])[] =>
	facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
