/*
The news of the screen: recent failures of requests, then lasting problems, then events, the latest first.
*/
import type {Notice, ProfileHealth} from '../engine/protocol.ts';
import type {State} from '../state/state.ts';
import type {Tone} from '../text/theme.ts';
import {type TimeZone, timeOfDay} from '../text/times.ts';
import {wrap} from '../text/width.ts';
import {troubleOf, troubleTone} from './health.ts';

type News = {readonly text: string; readonly tone: Tone};

const tones = {info: 'dim', warning: 'plain', error: 'failed'} as const;

const newsOf = ({at, profile, text, tone}: Notice, zone: TimeZone): News => ({
	text: `${timeOfDay(at, zone)}  ${profile ? `${profile}: ` : ''}${text}`,
	tone: tones[tone],
});

const isFailing = (health: ProfileHealth | undefined): boolean =>
	health?.failure !== undefined && health.state !== 'ok';

/** For this many milliseconds, the failure of a request comes before everything else. */
const answerMs = 20_000;

/** Milliseconds for which an event is news. */
const newsMs = {info: 60_000, warning: 600_000, error: 1_800_000} as const;

const troubleNews = ({known}: State, names: readonly string[], {now, zone}: Area): readonly News[] =>
	names
		.flatMap((name): News[] => {
			const text = troubleOf(known, name, now, zone);
			const health = known.health.get(name);
			if (text === undefined) return [];
			return [{text, tone: health && isFailing(health) ? troubleTone(health) : 'plain'}];
		})
		.sort((a, b) => urgency(b) - urgency(a));

/** Why a file of jobtop cannot be written; undefined while all can. Without journals, the reason of all: the other files have the same. */
export const fileTrouble = ({troubles: {journals, dismissals}}: State['known']): string | undefined =>
	journals ?? dismissals;

const fileNews = (known: State['known']): readonly News[] => {
	const text = fileTrouble(known);
	return text === undefined ? [] : [{text, tone: 'failed'}];
};

const urgency = ({tone}: News): number => (tone === 'needs-you' ? 2 : tone === 'failed' ? 1 : 0);

/** The width and height of the area, and the time in epoch milliseconds. */
type Area = {
	readonly width: number;
	readonly height: number;
	readonly now: number;
	readonly zone: TimeZone;
};

const newsIn = (state: State, area: Area): readonly News[] => {
	const {height, now, zone} = area;
	const {known, screen} = state;
	const names = known.profiles.map(({name}) => name).filter(name => !screen.only || name === screen.only);
	const troubles = [...fileNews(known), ...troubleNews(state, names, area)];
	const failing = new Set(names.filter(name => isFailing(known.health.get(name))));
	const notices = known.notices
		.filter(({at, tone}) => now - at < newsMs[tone])
		// The lasting problem already says it, and better.
		.filter(({profile, tone}) => !(profile && tone === 'error' && failing.has(profile)))
		.reverse();
	const isAnswer = ({at, profile, tone}: Notice) =>
		profile === undefined && tone !== 'info' && now - at < answerMs;
	const all = [
		...notices.filter(isAnswer).map(notice => newsOf(notice, zone)),
		...troubles,
		...notices.filter(notice => !isAnswer(notice)).map(notice => newsOf(notice, zone)),
	];
	const shown = all.slice(0, height);
	const last = shown.at(-1);
	const shownTroubles = shown.filter(news => troubles.includes(news)).length;
	// The others are shown when only their profile is in view.
	if (last && troubles.includes(last) && shownTroubles < troubles.length)
		return [...shown.slice(0, -1), {...last, text: `(${shownTroubles} of ${troubles.length}) ${last.text}`}];
	return shown;
};

/** The news in at most `height` lines of `width` cells, one cell of which is the margin. Each has a line; the first ones wrap into the lines that are left. */
export const newsLines = (state: State, area: Area): readonly News[] => {
	if (area.height < 1) return [];
	const news = newsIn(state, area);
	let spare = area.height - news.length;
	return news.flatMap(({text, tone}): readonly News[] => {
		const lines = wrap(text, Math.max(1, area.width - 2));
		const extra = Math.min(spare, lines.length - 1);
		spare -= extra;
		const whole = lines.slice(0, extra);
		// The last line of its room holds the rest, and is cut where it is drawn.
		const rest = lines.slice(extra).join(' ');
		return [...whole, rest].map(line => ({text: line, tone}));
	});
};
