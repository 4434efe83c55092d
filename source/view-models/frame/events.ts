import type {Notice, ProfileHealth} from '../../engine/protocol.ts';
import type {State} from '../../state/state.ts';
import type {Canvas} from '../../text/canvas.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line, Tone} from '../../text/theme.ts';
import {type TimeZone, timeOfDay} from '../../text/times.ts';
import {troubleOf} from './health.ts';

type Entry = {readonly text: string; readonly tone: Tone};

const tones = {info: 'dim', warning: 'plain', error: 'needs-you'} as const;

const entryOf = ({at, profile, text, tone}: Notice, zone: TimeZone): Entry => ({
	text: `${timeOfDay(at, zone)}  ${profile ? `${profile}: ` : ''}${text}`,
	tone: tones[tone],
});

const isFailing = (health: ProfileHealth | undefined): boolean =>
	health?.failure !== undefined && health.state !== 'ok';

/** For this many milliseconds, the failure of a request comes before everything else. */
const answerMs = 20_000;

/** News for the user: recent failures of requests, then lasting problems, then events, the latest first. An info never pushes out an error. */
export const eventLines = (state: State, {width, height, glyphs, now, zone}: Canvas): readonly Line[] => {
	if (height < 1) return [];
	const {known, screen} = state;
	const names = known.profiles.map(({name}) => name).filter(name => !screen.only || name === screen.only);
	const troubles: Entry[] = [];
	for (const name of names) {
		const text = troubleOf(known, name, now, zone);
		if (text) troubles.push({text, tone: isFailing(known.health.get(name)) ? 'needs-you' : 'plain'});
	}
	troubles.sort((a, b) => Number(b.tone === 'needs-you') - Number(a.tone === 'needs-you'));
	const failing = new Set(names.filter(name => isFailing(known.health.get(name))));
	const notices = known.notices
		// The lasting problem already says it, and better.
		.filter(({profile, tone}) => !(profile && tone === 'error' && failing.has(profile)))
		.reverse();
	const isAnswer = ({at, profile, tone}: Notice) =>
		profile === undefined && tone !== 'info' && now - at < answerMs;
	const entries = [
		...notices.filter(isAnswer).map(notice => entryOf(notice, zone)),
		...troubles,
		...notices.filter(notice => !isAnswer(notice)).map(notice => entryOf(notice, zone)),
	];
	const shown = entries.slice(0, height);
	const last = shown[height - 1];
	const shownTroubles = shown.filter(entry => troubles.includes(entry)).length;
	if (last && troubles.includes(last) && shownTroubles < troubles.length) {
		// The others are shown when only their profile is in view.
		shown[height - 1] = {...last, text: `(${shownTroubles} of ${troubles.length}) ${last.text}`};
	}
	return Array.from({length: height}, (_, index) => {
		const entry = shown[index];
		return fitLine(entry ? [span(' '), span(entry.text, entry.tone)] : [], width, glyphs);
	});
};
