/*
What `jobtop cancel` prints while it follows many jobs.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createPrinter} from '../../source/command-line/cancelling/cancel-printer.ts';
import type {Ref} from '../../source/job/ref.ts';
import {report, start} from '../helpers/screen-facts.ts';

test('the total of the progress is the same from the first line to the last, with sets counted by their jobs', () => {
	const said: string[] = [];
	const console = {data: () => undefined, say: (text: string) => void said.push(text)};
	const counts = {live: 116, cancelled: 0, ended: 4, lost: 0};
	const refs = Array.from({length: 25}, (_, index): Ref => `w/${index}`);
	const targets = refs.map((_, index) => (index === 20 ? {set: {counts}} : {}));
	let now = start;
	const printer = createPrinter({output: 'text', operation: 'cancel'}, console, targets, {now: () => now});
	for (const step of ['following', 'settled'] as const) {
		for (const [index, ref] of refs.entries()) {
			now += 2000;
			const moments = [{at: now, step}];
			const outcome = step === 'settled' ? {outcome: {kind: 'cancelled' as const}} : {};
			printer.report(report(ref, {step, moments, ...outcome, ...(index === 20 && {jobs: 116})}), moments);
		}
	}
	assert.deepEqual([...new Set(said.map(line => /^\d+ of (\d+) settled$/.exec(line)?.[1]))], ['140']);
	assert.equal(said[0], '0 of 140 settled');
	assert.equal(said.at(-1), '140 of 140 settled');
});
