/*
The question before many jobs are cancelled: counts by state and profile, the first ids of each, the jobs not in view, and the jobs left out with the reason. The whole list is one key away.
*/

import {shownId} from '../../job/ref.ts';
import {type JobTarget, jobsOfTarget} from '../../job/target.ts';
import {keyWord} from '../../keys/words.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {profileState} from '../../table/health.ts';
import {liveJobs, liveJobsWords, othersOf} from '../../table/job-count.ts';
import {phaseWord} from '../../table/phase-looks.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count, duration} from '../../text/format.ts';
import {paragraph, span} from '../../text/line.ts';
import {rememberedBy, rememberedLast} from '../../text/remembered.ts';
import type {Line} from '../../text/theme.ts';
import {cutMiddle, padEnd, padStart, safeText, widthOf} from '../../text/width.ts';
import {type QuestionPart, warningPart} from '../overlays/question.ts';
import {type BoxContent, consequenceOf, leftOutParts, togetherWords} from './cancel-box.ts';
import {meanwhileOf, profileName, repeatWords, verbOf} from './cancel-targets.ts';

/** Targets of one profile in one state. */
type Group = {
	readonly profile: string;
	readonly word: string;
	readonly targets: JobTarget[];
	/** The number of jobs that they account for. */
	jobs: number;
	/** Targets without a row. */
	unseen: number;
};

// Frozen targets are counted once, not at every tick of the clock.
const grouped = rememberedBy((targets: readonly JobTarget[]) =>
	rememberedLast((hidden: CancelBox['hidden']): readonly Group[] => {
		const byKey = new Map<string, Group>();
		for (const target of targets) {
			const profile = profileName(target.ref);
			const word = phaseWord(target);
			const key = `${profile}/${word}`;
			const group = byKey.get(key) ?? {profile, word, targets: [], jobs: 0, unseen: 0};
			group.targets.push(target);
			group.jobs += jobsOfTarget(target);
			if (hidden.has(target.ref)) group.unseen++;
			byKey.set(key, group);
		}
		return [...byKey.values()].sort((a, b) =>
			a.profile < b.profile ? -1 : a.profile > b.profile ? 1 : b.jobs - a.jobs,
		);
	}),
);

const groupsOf = ({targets, hidden}: CancelBox): readonly Group[] => grouped(targets)(hidden);

/** A line for each state of each profile, with the first jobs by their ids; empty if a count would not fit in its line. */
const groupLines = (box: CancelBox, canvas: Canvas): readonly Line[] => {
	const {width, glyphs} = canvas;
	const groups = groupsOf(box);
	const cells = (texts: readonly string[]) => Math.max(...texts.map(widthOf));
	const numbers = cells(groups.map(({jobs}) => String(jobs)));
	const words = cells(groups.map(({word}) => word));
	const names = Math.min(16, cells(groups.map(({profile}) => profile)));
	const ends = cells(groups.map(({unseen}) => (unseen > 0 ? ` (${unseen} not in view)` : '')));
	// Two blanks and the sign that ids were left out.
	if (numbers + 1 + words + 2 + names + 3 + ends > width) return [];
	return groups.map(({profile, word, targets, jobs, unseen}) => {
		const end = unseen > 0 ? ` (${unseen} not in view)` : '';
		let text = `${padStart(String(jobs), numbers)} ${padEnd(word, words)}  ${padEnd(cutMiddle(profile, names, glyphs.ellipsis), names)}`;
		for (const [index, {ref}] of targets.slice(0, width).entries()) {
			const id = `  ${cutMiddle(safeText(shownId(ref.slice(profile.length + 1)), glyphs.ascii), 14, glyphs.ellipsis)}`;
			const more = index + 1 < targets.length ? `  ${glyphs.ellipsis}` : '';
			if (widthOf(text) + widthOf(id) + widthOf(more) + widthOf(end) > width) {
				text += `  ${glyphs.ellipsis}`;
				break;
			}
			text += id;
		}
		return [span(text, 'strong'), span(end, 'needs-you')];
	});
};

/** A line for each profile, if there is too little room for a line for each state. */
const profileLines = (box: CancelBox, canvas: Canvas): readonly Line[] => {
	const byProfile = Map.groupBy(groupsOf(box), ({profile}) => profile);
	return [...byProfile].flatMap(([profile, groups]) => {
		const number = groups.reduce((sum, {jobs}) => sum + jobs, 0);
		const states = groups.map(({word, jobs}) => `${jobs} ${word}`).join(', ');
		return paragraph(`${number} on ${profile}: ${states}`, canvas, 'strong');
	});
};

const wholeLine = (state: State, box: CancelBox, canvas: Canvas): readonly Line[] => {
	const words = new Map<string, number>();
	for (const {word, jobs} of groupsOf(box)) words.set(word, (words.get(word) ?? 0) + jobs);
	const profiles = new Set(groupsOf(box).map(({profile}) => profile)).size;
	const states = [...words].map(([word, number]) => `${number} ${word}`).join(', ');
	const lists = keyWord(state, box.asks.kind === 'name' ? 'question-down' : 'list-targets');
	return paragraph(`${states} on ${count(profiles, 'profile')}; ${lists} lists them`, canvas, 'strong');
};

/** What ends with these targets although nobody selected it. */
const togetherOf = rememberedBy((targets: readonly JobTarget[]): readonly string[] => {
	const asked = new Set(targets.map(({ref}) => ref));
	return targets.flatMap(target => {
		const others = othersOf(target, asked);
		return others.length > 0 ? [togetherWords(target, others)] : [];
	});
});

const warningsOf = (state: State, box: CancelBox, now: number): readonly string[] => {
	const {known} = state;
	const {ended, foreign, owners} = meanwhileOf(state, box);
	const profiles = [...new Set(groupsOf(box).map(({profile}) => profile))];
	const unwell = profiles.filter(name => !profileState(known.health.get(name), now).well);
	const {unknown} = liveJobs(box.targets);
	return [
		repeatWords(state, box) ?? '',
		...(box.operation === 'cancel' ? togetherOf(box.targets) : []),
		unknown > 0 && box.operation === 'cancel' ? `unknown how many jobs may end with ${unknown} of them` : '',
		foreign > 0
			? `${foreign} of them not yours: ${owners.slice(0, 3).join(', ')}${owners.length > 3 ? ' and others' : ''}`
			: '',
		ended > 0 ? `${ended} of them ended in the meantime: left alone` : '',
		unwell.length > 0 ? `${unwell.join(', ')} not OK: states there may be old` : '',
	].filter(Boolean);
};

/** How old the oldest state is. */
const ageLine = ({known}: State, box: CancelBox, now: number): string => {
	const profiles = [...new Set(groupsOf(box).map(({profile}) => profile))];
	const times = profiles.flatMap(name => known.health.get(name)?.lastGoodAt ?? []);
	if (times.length < profiles.length) return 'jobtop looks at each before it sends';
	return `the oldest state is ${duration(now - Math.min(...times))} old; jobtop looks at each before it sends`;
};

const consequencesOf = ({known}: State, box: CancelBox): readonly string[] => {
	const names = new Set(groupsOf(box).map(({profile}) => profile));
	const affected = known.profiles.filter(({name}) => names.has(name));
	// Many of these sentences name their system themselves.
	const words = affected.map(profile => {
		const consequence = consequenceOf(profile, box);
		return consequence.includes(profile.title) ? consequence : `${profile.title}: ${consequence}`;
	});
	return [...new Set(words)];
};

export const manyJobsContent = (state: State, box: CancelBox, canvas: Canvas): BoxContent => {
	const {height, now} = canvas;
	const profiles = new Set(groupsOf(box).map(({profile}) => profile)).size;
	const unseen = box.hidden.size > 0 ? `, ${box.hidden.size} not in view` : '';
	const where = profiles > 1 ? ` in ${profiles} profiles` : '';
	const guarded = box.asks.kind === 'name' ? `, ${box.asks.text} is protected` : '';
	const leftOut = leftOutParts(box, canvas);
	const consequences = consequencesOf(state, box).map(text => warningPart(text, canvas, 'sign'));
	const parts: readonly QuestionPart[] = [
		...warningsOf(state, box, now).map(text => warningPart(text, canvas)),
		...leftOut,
		...consequences.map((part, index) =>
			index === 0 && leftOut.length === 0 ? {...part, apart: true as const} : part,
		),
		{kind: 'note', lines: paragraph(ageLine(state, box, now), canvas)},
	];
	// The answer takes two lines at most, if it is as short as it usually is.
	const left = height - parts.reduce((sum, {lines}) => sum + lines.length, 0) - 2;
	// Warnings come before the list: without room for both, it becomes a count.
	const counts =
		[groupLines, profileLines]
			.map(lines => lines(box, canvas))
			.find(lines => lines.length > 0 && lines.length <= left) ?? wholeLine(state, box, canvas);
	return {
		title: `${verbOf(box)} ${liveJobsWords(box.targets)}${where}${unseen}${guarded}?`,
		parts: [{kind: 'fact', lines: counts}, ...parts],
		warningsFirst: true,
	};
};
