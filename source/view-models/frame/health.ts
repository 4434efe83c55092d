/*
The state of each profile: a chip for each, and the reason in words.
*/

import type {ProfileHealth} from '../../engine/protocol.ts';
import type {Known} from '../../state/known.ts';
import type {Canvas} from '../../text/canvas.ts';
import {duration} from '../../text/format.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line, Span, Tone} from '../../text/theme.ts';
import {type TimeZone, timeOfDay} from '../../text/times.ts';
import {cutEnd, safeText, widthOf} from '../../text/width.ts';
import {adviceWords} from '../detail/failure-words.ts';
import {isStale} from '../table/table.ts';

export type ProfileState = {readonly word: string; readonly tone: Tone; readonly well: boolean};

const words: Readonly<Record<ProfileHealth['state'], string>> = {
	loading: 'loading',
	off: 'off',
	ok: 'ok',
	unreachable: 'UNREACHABLE',
	unauthorized: 'AUTH',
	forbidden: 'FORBIDDEN',
	'rate-limited': 'RATE-LIMITED',
	broken: 'BROKEN',
};

/** The state of a profile in one word; a profile without a report yet is loading. */
export const profileState = (health: ProfileHealth | undefined, now: number): ProfileState => {
	if (!health || health.state === 'loading') return {word: words.loading, tone: 'dim', well: true};
	if (health.state === 'off') return {word: words.off, tone: 'dim', well: true};
	if (health.state !== 'ok') {
		const stale = isStale(health, now) ? ' STALE' : '';
		return {word: `${words[health.state]}${stale}`, tone: 'needs-you', well: false};
	}
	if (isStale(health, now)) return {word: 'STALE', tone: 'needs-you', well: false};
	return {word: words.ok, tone: 'plain', well: true};
};

const ageOf = (health: ProfileHealth | undefined, now: number): string =>
	health?.lastGoodAt === undefined ? '' : ` ${duration(now - health.lastGoodAt)}`;

type Chip = {readonly text: string; readonly tone: Tone; readonly name: string; readonly well: boolean};

/** How the chips get shorter, step by step, until they fit: first without ages of healthy profiles, then with shorter names. */
const shortenings: readonly {readonly name: number; readonly ages: boolean; readonly ok: boolean}[] = [
	{name: 24, ages: true, ok: true},
	{name: 12, ages: true, ok: true},
	{name: 12, ages: false, ok: true},
	{name: 8, ages: false, ok: true},
	{name: 8, ages: false, ok: false},
	{name: 4, ages: false, ok: false},
];

/** The profiles in order, and the only one whose jobs are shown, if any. */
type ChipFacts = {
	readonly names: readonly string[];
	readonly health: ReadonlyMap<string, ProfileHealth>;
	readonly only?: string | undefined;
};

/** The second line: a chip for each profile, with the digit that shows only its jobs. */
export const chipsLine = ({names, health, only}: ChipFacts, {width, glyphs, now}: Canvas): Line => {
	const chipsAt = ({name: longest, ages, ok}: (typeof shortenings)[number]): readonly Chip[] =>
		names.map((name, index) => {
			const own = health.get(name);
			const {word, tone, well} = profileState(own, now);
			const digit = index < 9 ? `${index + 1} ` : '';
			const shown = cutEnd(safeText(name, glyphs.ascii), longest, glyphs.ellipsis);
			const state = well && !ok && word === 'ok' ? '' : ` ${word}`;
			const age = word !== 'loading' && word !== 'off' && (!well || ages) ? ageOf(own, now) : '';
			const unreadable = own && own.unreadable > 0 ? ` ${own.unreadable} unreadable` : '';
			const cut = own?.endless ? ' list cut' : '';
			return {
				text: `${digit}${shown}${state}${age}${unreadable}${cut}`,
				tone: (unreadable || cut) && well ? 'needs-you' : only === name ? 'strong' : tone,
				name,
				well,
			};
		});
	const fits = (chips: readonly Chip[]) => chips.reduce((sum, {text}) => sum + widthOf(text) + 3, 0) <= width;
	let chips: readonly Chip[] = [];
	for (const shortening of shortenings) {
		chips = chipsAt(shortening);
		if (fits(chips)) break;
	}
	// Failing profiles must not be cut off at the end.
	if (!fits(chips)) chips = [...chips.filter(({well}) => !well), ...chips.filter(({well}) => well)];
	// A mark shows the only profile in view, because no state is shown by a tone alone.
	const spans = chips.flatMap(({text, tone, name}): readonly Span[] => [
		span(name === only ? '  >' : '   '),
		span(text, tone),
	]);
	return fitLine(
		spans.length > 0 ? [span(spans[0]?.text.slice(2) ?? ''), ...spans.slice(1)] : [],
		width,
		glyphs,
	);
};

/** The words about a list that was cut. */
export const endlessList = (jobs: number): string =>
	`its list is too long: it was cut after ${jobs} ${jobs === 1 ? 'job' : 'jobs'}, and the others are not shown`;

/** What is wrong with a profile and what to do. Undefined if nothing is wrong. */
export const troubleOf = (
	known: Pick<Known, 'health' | 'settings'>,
	name: string,
	now: number,
	zone: TimeZone,
): string | undefined => {
	const health = known.health.get(name);
	if (!health || health.state === 'off') return undefined;
	const {failure, failures, lastGoodAt, unreadable, endless} = health;
	if (failure && health.state !== 'ok') {
		const times = failures > 1 ? ` (${failures} times in a row)` : '';
		const since = lastGoodAt === undefined ? '' : `; last good answer ${timeOfDay(lastGoodAt, zone)}`;
		return `${name}: ${failure.detail}${times}; ${adviceWords({known}, failure)}${since}`;
	}
	if (isStale(health, now))
		return `${name}: no answer since ${timeOfDay(lastGoodAt ?? now, zone)}; the rows are from then`;
	if (endless) return `${name}: ${endlessList(health.jobs)}`;
	if (unreadable > 0) return `${name}: ${unreadable} of its records could not be read`;
	return undefined;
};
