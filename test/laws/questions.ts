/*
Questions of any size: no warning, no count and no key that decides is cut without a sign, every warning can be scrolled to, and nothing is sent before all of them have been in view.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {targetOf} from '../../source/job/target.ts';
import type {Overlay} from '../../source/state/screen.ts';
import {openOverlay, showQuestionFrom} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {liveJobsWords} from '../../source/table/job-count.ts';
import {asciiGlyphs, unicodeGlyphs} from '../../source/text/theme.ts';
import {widthOf} from '../../source/text/width.ts';
import {openCancelBox, openForceBox} from '../../source/view-models/cancellation/cancel-targets.ts';
import {
	openQuestionWindow,
	questionArea,
	questionOverlayLines,
	whyNotAnswer,
} from '../../source/view-models/overlays/open-question.ts';
import {type QuestionWindow, questionPage} from '../../source/view-models/overlays/question.ts';
import {questionSentences} from '../../source/view-models/spoken/question.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const facts = fc.record({
	profiles: fc.array(
		fc.record({
			name: fc.stringMatching(/^[a-z][a-z0-9-]{0,25}$/),
			sentences: fc.integer({min: 1, max: 12}),
			stale: fc.boolean(),
			protect: fc.boolean(),
		}),
		{minLength: 1, maxLength: 8},
	),
	jobs: fc.array(
		fc.record({
			id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9-]{1,36}$/), fc.stringMatching(/^[A-Za-z0-9_]{60,120}$/)),
			mine: fc.boolean(),
			caution: fc.boolean(),
			later: fc.constantFrom('same', 'ended', 'unlisted', 'queued'),
			set: fc.constantFrom(0, 0, 1, 116, 12_345),
		}),
		{minLength: 1, maxLength: 40},
	),
	skipped: fc.integer({min: 0, max: 5}),
	hidden: fc.integer({min: 0, max: 5}),
	kind: fc.constantFrom('cancel', 'one', 'force', 'delete', 'dismiss'),
	reason: fc.constantFrom('', 'bad mesh'),
	typing: fc.boolean(),
	ascii: fc.boolean(),
	size: fc.oneof(
		fc.constantFrom(
			{columns: 40, rows: 10},
			{columns: 60, rows: 15},
			{columns: 80, rows: 24},
			{columns: 120, rows: 36},
			{columns: 200, rows: 50},
		),
		fc.record({columns: fc.integer({min: 40, max: 200}), rows: fc.integer({min: 10, max: 50})}),
	),
});
type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

/** A store with such a question open, and every sentence that warns in it. */
const opened = (each: Facts) => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.resize(each.size);
	const names = [...new Set(each.profiles.map(({name}) => name))];
	const consequenceOf = (name: string, sentences: number) =>
		`${name} ${'loses what it had. '.repeat(sentences).trim()}`;
	const profiles = names.map(name => {
		const {sentences, protect} = each.profiles.find(known => known.name === name) as Facts['profiles'][0];
		return profile(name, {
			title: name,
			...(protect && {protect}),
			consequence: consequenceOf(name, sentences),
			deleteConsequence: consequenceOf(name, sentences),
		});
	});
	const all = each.jobs.map(({id, mine, caution, set}, index) =>
		job(`${names[index % names.length]}/${index}${id}` as Ref, {
			mine,
			...(!mine && {owner: 'bob'}),
			...(caution && {caution: `beware of the job number ${index}`}),
			...(set > 0 && {set: {counts: {live: set, cancelled: 0, lost: 0, ended: 0}}}),
			...((each.kind === 'delete' || each.kind === 'dismiss') && {phase: 'failed' as const}),
		}),
	);
	const patches: Patch[] = [
		hello(profiles),
		...names.map(
			(name): Patch => ({
				type: 'health',
				health: health(
					name,
					each.profiles.find(known => known.name === name)?.stale ? {state: 'broken', failures: 2} : {},
				),
			}),
		),
		jobs(...all),
	];
	store.receive(patches);
	const state = store.getState();
	const asked = each.kind === 'cancel' ? all : all.slice(0, 1);
	const skipped = Array.from({length: each.skipped}, (_, index) => ({
		ref: `${names[0]}/skipped-${index}` as Ref,
		why: 'it has ended: failed',
	}));
	const hidden = new Set(asked.slice(0, each.hidden).map(({ref}) => ref));
	const [first] = all;
	assert.ok(first);
	const view = each.typing ? ({view: 'reason'} as const) : {};
	const overlays: Record<Facts['kind'], Overlay> = {
		cancel: {...openCancelBox(state, asked, start, {skipped, hidden}), reason: each.reason, ...view},
		one: {...openCancelBox(state, asked, start), reason: each.reason, ...view},
		force: openForceBox(state, asked, start),
		delete: {kind: 'delete-box', target: targetOf(first), typed: ''},
		dismiss: {kind: 'dismiss-box', jobs: all, staying: each.skipped},
	};
	const overlay = overlays[each.kind];
	store.change(openOverlay(overlay));
	store.receive([
		{
			type: 'jobs',
			upserts: all.flatMap((known, index): Job[] => {
				const {later} = each.jobs[index] as Facts['jobs'][0];
				if (later === 'ended') return [{...known, phase: 'failed' as const, terminal: true}];
				return later === 'queued' ? [{...known, phase: 'queued' as const, status: 'QUEUED'}] : [];
			}),
			removes: all.flatMap(({ref}, index) => (each.jobs[index]?.later === 'unlisted' ? [ref] : [])),
		},
	]);
	return {store, overlay, asked, consequence: profiles[0]?.deleteConsequence ?? ''};
};

/** The words of all lines inside the frame, without blanks: they may be broken anywhere. */
const packed = (lines: readonly string[]): string => lines.join('').replace(/\s/g, '');

/** The number of warnings that begin in these lines. What ends together with one job warns without the sign. */
const warningsIn = (lines: QuestionWindow['lines']): number =>
	lines.filter(([piece]) => piece?.text.startsWith('! ') || piece?.text === '!').length;

test('no warning, count or deciding key of a question is cut without a sign, and all can be scrolled to', () => {
	fc.assert(
		fc.property(facts, each => {
			const {store, overlay, asked, consequence} = opened(each);
			const place = questionArea(store.getState(), overlay as Parameters<typeof questionArea>[1], start);
			const glyphs = each.ascii ? asciiGlyphs : unicodeGlyphs;
			const canvas = {...place, glyphs, now: start, zone: 'utc'} as const;
			const inside = () => {
				const state = store.getState();
				const open = state.screen.overlay as Parameters<typeof questionOverlayLines>[1];
				const lines = questionOverlayLines(state, open, canvas).map(line =>
					line.map(({text}) => text).join(''),
				);
				assert.ok(lines.length <= place.height, lines.join('\n'));
				for (const line of lines) assert.equal(widthOf(line), place.width, lines.join('\n'));
				return lines;
			};
			const first = openQuestionWindow(store.getState(), start);
			assert.ok(first);
			if (!first.roomy) {
				// The names of protected profiles to type can fill any screen: then nothing can be answered.
				// Its words may wrap, between the bars of the frame.
				assert.match(packed(inside()).replaceAll(glyphs.vertical, ''), /toosmallfortheanswer/);
				assert.match(whyNotAnswer(store.getState(), start) ?? '', /too small/);
				return;
			}
			// The first warning begins in the first view, whatever stands before the warnings of several jobs.
			if (overlay.kind === 'box' && asked.length > 1)
				assert.ok(warningsIn(first.lines.slice(0, first.shown)) > 0, inside().join('\n'));
			const answer = packed(
				inside()
					.slice(1 + first.shown + (first.last > 0 ? 1 : 0), -1)
					.map(line => line.slice(2, -2)),
			);
			const seen: string[] = [];
			let shownTo = 0;
			for (let page = 0; page < 1000; page++) {
				const view = openQuestionWindow(store.getState(), start);
				assert.ok(view);
				const lines = inside();
				const text = lines.slice(1, 1 + view.shown);
				seen.push(...text.slice(shownTo - view.top).map(line => line.slice(2, -2)));
				shownTo = view.top + view.shown;
				// How to answer is there at every position.
				assert.ok(packed(lines.slice(1, -1).map(line => line.slice(2, -2))).endsWith(answer));
				const why = whyNotAnswer(store.getState(), start);
				const below = view.lines.length - view.top - view.shown;
				const sign = lines[1 + view.shown] ?? '';
				// A warning that is broken over two views counts as no further one.
				const begins = warningsIn(view.lines.slice(view.top + view.shown));
				assert.equal(view.warningsBelow, begins, lines.join('\n'));
				if (view.warningsBelow > 0) {
					const words = `${view.warningsBelow} more warning${view.warningsBelow === 1 ? '' : 's'}: Down`;
					assert.ok(sign.includes(words), lines.join('\n'));
					assert.match(why ?? '', /^Down first: /);
				} else if (below > 0) {
					assert.ok(sign.includes(`${below} more line${below === 1 ? '' : 's'}: Down`), lines.join('\n'));
				}
				assert.equal(why === undefined, !view.unread);
				if (view.top === view.last) break;
				store.change(showQuestionFrom(Math.min(view.last, view.top + questionPage(view))));
			}
			const text = packed([inside()[0] ?? '', ...seen]);
			const has = (words: string) => assert.ok(text.includes(packed([words])), `${words}\n${text}`);
			assert.equal(whyNotAnswer(store.getState(), start), undefined);
			if (overlay.kind === 'box') {
				// Sentences for screen readers are not cut at all: the box has the same.
				for (const line of questionSentences(store.getState(), overlay, start, each.ascii))
					if (line.startsWith('! ')) has(line);
				if (asked.length > 1) has(`cancel ${liveJobsWords(overlay.targets)}`);
				if (overlay.hidden.size > 0)
					has(asked.length > 1 ? `${overlay.hidden.size} not in view` : '! not in view');
				if (overlay.skipped.length > 1) has(`${overlay.skipped.length} left out: they have ended`);
				if (asked.length === 1) has(overlay.targets[0]?.ref ?? '');
			}
			if (overlay.kind === 'delete-box') {
				has(overlay.target.ref);
				has(`! ${consequence}`);
			}
			if (overlay.kind === 'dismiss-box') {
				has(`dismiss ${overlay.jobs.length} ended job`);
				if (overlay.staying > 0) has(`${overlay.staying} not ended stay`);
			}
		}),
		{numRuns: 300},
	);
});
