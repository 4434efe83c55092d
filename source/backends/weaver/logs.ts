import {createHash} from 'node:crypto';
import * as z from 'zod';
import {cleanLines} from '../../job/clean-text.ts';
import type {LogPage} from '../backend.ts';
import {parseJson} from '../parse-json.ts';

/** Weaver gives a log as a list of strings, and as plain text where something in front of it prefers that. */
const logSchema = z.array(z.string());

/** `GET /jobs/{id}/logs` as its lines. */
export const readLog = (text: string): string[] => {
	const log = logSchema.safeParse(parseJson(text)).data?.join('\n') ?? text;
	return log.trim() === '' ? [] : log.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
};

/** `GET /jobs/{id}/exceptions`: each is a text, or one with a code. */
const exceptionsSchema = z.array(
	z.union([z.string(), z.object({Code: z.string().nullish(), Text: z.string().nullish()})]),
);

/** `GET /jobs/{id}/exceptions` as lines. */
export const readExceptions = (body: unknown): string[] =>
	(exceptionsSchema.safeParse(body).data ?? [])
		.map(one =>
			typeof one === 'string' ? one : [one.Code, one.Text].filter(part => part != null).join(': '),
		)
		.flatMap(text => text.trimEnd().split(/\r\n|\n|\r/))
		.filter(line => line !== '');

/** Characters of a log that are shown; older ones are left out. */
const maxCharacters = 200_000;

/**
The part of a log that is behind an earlier answer.

The server always sends all of it. So the place is the number of lines that were read, and a digest of them: a replaced log is noticed, and read from its start.
*/
export const logPage = (
	lines: readonly string[],
	{after, ended}: {readonly after: string | undefined; readonly ended: boolean},
): LogPage => {
	const known = after === undefined ? 0 : linesUpTo(after, lines);
	const added = lines
		.slice(known ?? 0)
		.map(line => `${line}\n`)
		.join('');
	const cut = added.length > maxCharacters;
	const text = cut ? added.slice(added.indexOf('\n', added.length - maxCharacters) + 1) : added;
	return {
		text: cleanLines(text, text.length),
		cursor: placeBehind(lines),
		...((known === undefined || (after !== undefined && cut)) && {anew: true}),
		...(cut && {cut: true}),
		...(ended && {ended: true}),
	};
};

const placeBehind = (lines: readonly string[]): string =>
	`${lines.length}-${createHash('sha256').update(lines.join('\n')).digest('base64url').slice(0, 22)}`;

/** How many lines stand before a place; undefined where the log does not begin with them. */
const linesUpTo = (place: string, lines: readonly string[]): number | undefined => {
	const count = Number.parseInt(place, 10);
	return count <= lines.length && placeBehind(lines.slice(0, count)) === place ? count : undefined;
};
