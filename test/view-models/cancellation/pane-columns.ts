/*
The columns of the list of cancellations: nothing is cut beside room that nothing needs.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {unicodeGlyphs} from '../../../source/text/theme.ts';
import {widthOf} from '../../../source/text/width.ts';
import {cancellationLine} from '../../../source/view-models/cancellation/cancellations-pane.ts';
import {paneFit} from '../../../source/view-models/cancellation/pane-columns.ts';
import {fc} from '../../helpers/fast-check.ts';
import {report, start} from '../../helpers/screen-facts.ts';

const textAt = (
	width: number,
	id: string,
	name: string,
	others: readonly ReturnType<typeof report>[] = [],
): string => {
	const each = report(`weaver/${id}`, {
		name,
		acceptedAt: start,
		seen: {phase: 'running', status: 'running', at: start},
	});
	const canvas = {width, height: 20, glyphs: unicodeGlyphs, now: start + 9000, zone: 'utc'} as const;
	const line = cancellationLine(
		{report: each, lookedAt: undefined},
		false,
		canvas,
		paneFit([each, ...others]),
	);
	return line.map(({text}) => text).join('');
};

test('at 120 and 200 columns ids and names are whole before the details have air', () => {
	const [id, name] = ['f6ffe821-3628-4c08-baea-1aa76b91232a', 'flood-extent-t32tqm-0041'];
	assert.equal(
		textAt(120, id, name).trimEnd(),
		'  ◐ asked, stopping    weaver/f6ffe82…-1aa76b91232a flood-extent-t32tqm-0041 12:00:00     0.0s        - seen running 9s…',
	);
	const wide = textAt(200, id, name);
	assert.ok(wide.includes(` weaver/${id} ${name} `), wide);
	assert.match(wide, /seen running 9s ago +$/);
});

test('a column is cut only where no other has room left', () => {
	const word = fc.string({unit: fc.constantFrom(...'abc-019'), minLength: 1, maxLength: 60});
	fc.assert(
		fc.property(word, word, fc.integer({min: 56, max: 220}), (id, name, width) => {
			const text = textAt(width, id, name);
			assert.equal(widthOf(text), width);
			if (text.includes(` ${name} `)) return;
			// The name is cut: the id has no more than its minimum, or is whole in less.
			const [, job = ''] = /^.{22} (.*?) /.exec(text) ?? [];
			assert.ok(widthOf(job) <= 22, text);
			assert.doesNotMatch(text.slice(23), / {24}/, text);
		}),
	);
});

test('the columns depend on the jobs of the batch alone', () => {
	const others = [report('weaver/1', {name: 'a-much-longer-name-than-the-other'})];
	const place = (text: string) => text.indexOf('12:00:00');
	assert.equal(place(textAt(160, 'a', 'short', others)), place(textAt(160, 'a', 'a-name', others)));
});
