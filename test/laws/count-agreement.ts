/*
A confirmation, its groups, its list and its batch count the same jobs, however sets and their members are mixed.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {journalRow, readRow} from '../../source/cancellation/journal/lines.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {jobsOfTarget, jobsOfTargets} from '../../source/job/target.ts';
import {createJobStore} from '../../source/store/store.ts';
import {liveJobs} from '../../source/table/job-count.ts';
import {asciiGlyphs} from '../../source/text/theme.ts';
import {manyJobsContent} from '../../source/view-models/cancellation/cancel-many.ts';
import {openCancelBox} from '../../source/view-models/cancellation/cancel-targets.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const names = ['dex', 'ion'] as const;

const ref = fc
	.tuple(fc.constantFrom(...names), fc.integer({min: 1, max: 6}))
	.map(([name, id]): Ref => `${name}/${id}`);
const counts = fc.nat(9).map(live => ({live, cancelled: 0, ended: 0, lost: 0}));
const set = fc.record({counts, apart: fc.uniqueArray(ref, {maxLength: 5})}, {requiredKeys: []});
const selection = fc.uniqueArray(
	fc.record(
		{ref, phase: fc.constantFrom('running', 'queued'), set, parent: ref},
		{requiredKeys: ['ref', 'phase']},
	),
	{selector: each => each.ref, minLength: 2, maxLength: 10},
);

/** The question about these jobs, on a screen with room for a line for each state of each profile. */
const opened = (selected: readonly Job[]) => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.receive([
		hello(names.map(name => profile(name))),
		...names.map(name => ({type: 'health', health: health(name)}) as const),
		jobs(...selected),
	]);
	const state = store.getState();
	const box = openCancelBox(state, selected, start);
	const canvas = {width: 120, height: 200, glyphs: asciiGlyphs, now: start, zone: 'utc'} as const;
	const content = manyJobsContent(state, box, canvas);
	const [facts] = content.parts;
	const lines = (facts?.lines ?? []).map(line => line.map(({text}) => text).join(''));
	return {box, title: content.title, lines, content};
};

test('the title, the typed number, the groups and the journal agree', () => {
	fc.assert(
		fc.property(selection, selected => {
			const {box, title, lines} = opened(
				selected.map(({ref: each, ...facts}) => job(each, facts as Partial<Job>)),
			);
			const {jobs: number} = liveJobs(box.targets);
			assert.match(title, new RegExp(`^cancel ${number} jobs?( |\\?)`));
			if (box.asks.kind === 'number') assert.equal(box.asks.text, String(number));
			const groups = lines.map(line => Number.parseInt(line, 10));
			assert.equal(
				groups.reduce((sum, each) => sum + each, 0),
				number,
				lines.join('\n'),
			);
			assert.equal(jobsOfTargets(box.targets), number);
			assert.ok(number >= box.targets.length);
			const {line} = readRow(
				journalRow({
					at: start,
					type: 'batch',
					version: 2,
					batch: 1,
					by: 'me@here',
					targets: box.targets,
				} as Parameters<typeof journalRow>[0]),
			) as {readonly line: {readonly targets: typeof box.targets}};
			assert.deepEqual(line.targets.map(jobsOfTarget), box.targets.map(jobsOfTarget));
		}),
	);
});

test('a batch beside its members warns only of the members that nobody selected', () => {
	const members = ['dex/2', 'dex/3', 'dex/4'] as const;
	const batch = job('dex/1', {set: {counts: {live: 3, cancelled: 0, ended: 0, lost: 0}, apart: members}});
	const [two, three, four] = members.map(each => job(each, {parent: 'dex/1'}));
	assert.ok(two && three && four);
	const wordsOf = (selected: readonly Job[]) => {
		const {title, content} = opened(selected);
		return {
			title,
			warnings: content.parts
				.filter(({kind}) => kind === 'warning')
				.map(({lines}) => lines.map(line => line.map(({text}) => text).join('')).join(' '))
				.filter(text => text.includes(' end with ')),
		};
	};
	assert.deepEqual(wordsOf([batch, two]), {
		title: 'cancel 3 jobs?',
		warnings: ['! 2 jobs may end with dex/1: dex/3, dex/4'],
	});
	assert.deepEqual(wordsOf([batch, two, three, four]), {title: 'cancel 4 jobs?', warnings: []});
});
