/*
The progress of a batch: no count is cut, at any width.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type OutcomeKind, outcomes} from '../../source/cancellation/outcomes.ts';
import {asciiGlyphs} from '../../source/text/theme.ts';
import {
	countProgressLines,
	kindSpans,
	progressLine,
	progressLines,
} from '../../source/view-models/cancellation/batch-progress.ts';
import {fc} from '../helpers/fast-check.ts';
import {report, start} from '../helpers/screen-facts.ts';

const kinds = Object.keys(outcomes) as OutcomeKind[];

test('every count is there, and the number of lines does not depend on the time', () => {
	const batch = fc.array(
		fc.record({kind: fc.constantFrom(...kinds), jobs: fc.integer({min: 1, max: 99_999})}),
		{
			minLength: 1,
			maxLength: 12,
		},
	);
	fc.assert(
		fc.property(
			batch,
			fc.integer({min: 40, max: 200}),
			fc.integer({min: 0, max: 300_000_000}),
			(all, width, elapsedMs) => {
				const reports = all.map(({kind, jobs}, index) =>
					report(`a/${index}`, {step: 'settled', outcome: {kind}, jobs}),
				);
				const canvas = {width, height: 9, glyphs: asciiGlyphs, now: start, zone: 'utc' as const};
				const lines = progressLines(reports, elapsedMs, canvas).map(line =>
					line.map(({text}) => text).join(''),
				);
				assert.equal(lines.length, countProgressLines(reports, width));
				for (const {text} of kindSpans(reports)) assert.ok(lines.join('  ').includes(text.trim()), text);
				for (const line of lines) assert.equal(line.length, width);
			},
		),
	);
});

test('in one line the counts have the room of the bar, and a cut has a sign', () => {
	const reports = [
		report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}),
		report('a/2', {step: 'settled', outcome: {kind: 'not-sent'}}),
	];
	const textAt = (width: number) => {
		const canvas = {width, height: 1, glyphs: asciiGlyphs, now: start, zone: 'utc' as const};
		return progressLine(reports, canvas)
			.map(({text}) => text)
			.join('');
	};
	assert.match(textAt(80), /^ \[#{10}\] 2 of 2 finished {3}1 cancelled {2}1 not sent +$/);
	assert.match(textAt(44), /^ {1}2 of 2 finished {3}1 cancelled {2}1 not sent *$/);
	assert.match(textAt(36), /^ {1}2 of 2 finished {3}1 cancelled {2}1 n~$/);
});
