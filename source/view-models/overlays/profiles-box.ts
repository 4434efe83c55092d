/*
The profiles: the state and address of each, and the result of the last action on it.
*/

import type {ProfileHealth, ProfileInfo, ProfileStep, Slowness} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {everyOf, profileState, troubleOf, troubleTone} from '../../table/health.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count, duration, shortDuration} from '../../text/format.ts';
import {span, withCursor} from '../../text/line.ts';
import type {Line, Tone} from '../../text/theme.ts';
import {timeOfDay} from '../../text/times.ts';
import {cutEnd, padEnd, safeText, widthOf, wrap} from '../../text/width.ts';
import {framed, insideFrame} from './frame.ts';
import {listLines} from './list-window.ts';

/** The widest name that is shown in full. */
const widestName = 24;

/** How the row of a profile is drawn. */
type RowLook = {
	readonly chosen: boolean;
	/** Cells of each column. */
	readonly columns: {readonly name: number; readonly title: number};
};

const rowOf = (
	{known}: State,
	{name, title}: ProfileInfo,
	{chosen, columns}: RowLook,
	{now, glyphs}: Canvas,
): Line => {
	const health = known.health.get(name);
	const {word, tone} = profileState(health, now);
	const age = health?.lastGoodAt === undefined ? '' : ` ${duration(now - health.lastGoodAt)}`;
	const every = health && health.state !== 'off' ? `  every ${shortDuration(everyOf(health))}` : '';
	const shown = cutEnd(safeText(name, glyphs.ascii), columns.name, glyphs.ellipsis);
	const line = [
		span(`${chosen ? '>' : ' '} ${padEnd(shown, columns.name)}`, chosen ? 'strong' : 'plain'),
		span(`  ${padEnd(title, columns.title)}  `),
		span(word === 'off' ? word : `${word}${age}`, tone),
		span(every, 'dim'),
	];
	return chosen ? withCursor(line) : line;
};

const slownesses: Readonly<Record<Slowness, string>> = {
	quiet: 'nothing has changed for a while',
	away: 'the terminal has no focus',
	slow: 'its answers are slow',
	strained: 'it asked to slow down',
	large: 'its list is long, and reading it takes much processor time',
};

/** Why it is polled less often than at the interval of the user, and when its next poll is. Undefined if it is polled at that interval and does not wait. After a failure only the next poll: the failures set the pace. */
const paceWords = (health: ProfileHealth | undefined, now: number): string | undefined => {
	if (!health || health.state === 'off') return undefined;
	const {intervalMs, slowedBy, nextAt, failures} = health;
	const slower =
		slowedBy && failures === 0
			? `every ${shortDuration(everyOf(health))} instead of ${shortDuration(intervalMs)}: ${slownesses[slowedBy]}`
			: undefined;
	const next = nextAt === undefined ? undefined : `next poll in ${duration(Math.max(0, nextAt - now))}`;
	return [slower, next].filter(Boolean).join('; ') || undefined;
};

const stepTones: Readonly<Record<ProfileStep['how'], Tone>> = {
	well: 'plain',
	wrong: 'failed',
	next: 'strong',
};

/** The details of the selected profile. */
type ProfileFacts = {
	readonly address: readonly Line[];
	/** How it is used: the first to leave if there is too little room. */
	readonly use: readonly Line[];
	/** What is wrong, and the result of the last action. */
	readonly news: readonly Line[];
};

/** The details of the selected profile: its address, what is wrong, the result of the last action. */
const factsOf = (state: State, profile: ProfileInfo, canvas: Canvas): ProfileFacts => {
	const {width, glyphs, now} = canvas;
	const {known} = state;
	const health = known.health.get(profile.name);
	const paragraph = (text: string, tone?: Tone) =>
		wrap(safeText(text, glyphs.ascii), width).map((line): Line => [span(line, tone)]);
	const how = [
		profile.credential === undefined ? 'no credential' : `credential from ${profile.credential}`,
		profile.found === undefined ? '' : `found: ${profile.found}`,
		profile.readOnly ? 'read-only' : '',
		profile.protect ? 'protected' : '',
		health?.state === 'off' ? `off: no polls, no rows; ${keyWord(state, 'turn-profile')} turns it on` : '',
	].filter(Boolean);
	const trouble = troubleOf(known, profile.name, now, zoneOf(state));
	const pace = paceWords(health, now);
	const tried = known.tried?.profile === profile.name ? known.tried.steps : [];
	return {
		address: paragraph(profile.address ?? profile.title, 'strong'),
		use: [...paragraph(how.join(', '), 'dim'), ...(pace === undefined ? [] : paragraph(pace, 'dim'))],
		news: [
			...(trouble === undefined ? [] : paragraph(trouble, health?.failure ? troubleTone(health) : 'plain')),
			...tried.flatMap(({at, text, how}) =>
				paragraph(`${timeOfDay(at, zoneOf(state))}  ${text}`, stepTones[how]),
			),
		],
	};
};

/** The details in `room` lines: how the profile is used leaves first, then all but the address and the end of the last result. A line counts what left. */
const fittingFacts = ({address, use, news}: ProfileFacts, room: number): readonly Line[] => {
	const all = [...address, ...use, ...news];
	if (all.length <= room) return all;
	const kept = [...address, ...news];
	const left = Math.max(1, room - 1);
	const shown = kept.length <= left ? kept : [...kept.slice(0, 1), ...kept.slice(kept.length - (left - 1))];
	const sign: Line = [span(`${count(all.length - left, 'more line')} on a taller screen`, 'dim')];
	return [...shown.slice(0, left), sign].slice(0, room);
};

/** The box with all profiles, and the details of the selected one below. */
export const profilesLines = (
	state: State,
	{index}: {readonly index: number},
	canvas: Canvas,
): readonly Line[] => {
	const {glyphs} = canvas;
	const {profiles} = state.known;
	const chosen = profiles[index];
	const inside = insideFrame(canvas);
	const inner = inside.width;
	const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
	const columns = {
		name: Math.min(widestName, inner < 50 ? 12 : widestName, widest(profiles.map(({name}) => name))),
		title: Math.min(inner < 50 ? 8 : 20, widest(profiles.map(({title}) => title))),
	};
	const facts = chosen ? factsOf(state, chosen, inside) : {address: [], use: [], news: []};
	const number = facts.address.length + facts.use.length + facts.news.length;
	const room = Math.max(2, inside.height);
	// The list comes first, and the details have at least one line.
	const listed = Math.min(profiles.length, Math.max(2, room - 1 - Math.min(number, Math.ceil(room / 2))));
	const all = profiles.map((profile, place) =>
		rowOf(
			state,
			{...profile, title: padEnd(cutEnd(profile.title, columns.title, glyphs.ellipsis), columns.title)},
			{chosen: place === index, columns},
			canvas,
		),
	);
	const keys = {down: 'profiles-down', up: 'profiles-up'} as const;
	const rows = listLines(all, {index, room: listed}, keys, state);
	const left = room - rows.length;
	const gap: readonly Line[] = left > number ? [[]] : [];
	return framed('profiles', [...rows, ...gap, ...fittingFacts(facts, left - gap.length)], canvas);
};
