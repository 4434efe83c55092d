/*
The progress of a batch: no count is cut, at any width.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type OutcomeKind, outcomes} from '../../source/cancellation/outcomes.ts';
import {asciiGlyphs} from '../../source/text/theme.ts';
import {countProgressLines, progressLines} from '../../source/view-models/cancellation/batch-progress.ts';
import {kindSpans} from '../../source/view-models/cancellation/cancellation-strip.ts';
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
