/*
The list of the cancellations at every size: its position, its first row when it opens, and its cursor.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {CancellationReport} from '../../source/engine/protocol.ts';
import type {Ref} from '../../source/job/ref.ts';
import {fc} from '../helpers/fast-check.ts';
import {type RenderedScreen, renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const refOf = (index: number): Ref => `prod/job-${100 + index}`;

const following = (index: number, changes: Partial<CancellationReport> = {}): CancellationReport =>
	report(refOf(index), {askedAt: start - index, acceptedAt: start, ...changes});

const settled = {step: 'settled', settledAt: start, outcome: {kind: 'cancelled'}} as const;

const openPane = async (screen: RenderedScreen, number: number): Promise<void> => {
	await screen.receive(
		hello([profile('prod')]),
		{type: 'health', health: health('prod')},
		jobs(...Array.from({length: number}, (_, index) => job(refOf(index)))),
		{type: 'cancellations', reports: Array.from({length: number}, (_, index) => following(index))},
	);
	await screen.press('C');
};

/** The jobs of the rows in view, in order, and the one with the cursor. */
const rowsOf = (
	screen: RenderedScreen,
): {readonly shown: readonly string[]; readonly chosen: string | undefined} => {
	const rows = screen.lines().flatMap(line => {
		const [, cursor, ref] = /^([> ]) \S .* (prod\/job-\d+)( |$)/.exec(line) ?? [];
		return ref === undefined ? [] : [{ref, isChosen: cursor === '>'}];
	});
	return {shown: rows.map(({ref}) => ref), chosen: rows.find(({isChosen}) => isChosen)?.ref};
};

const positionOf = (screen: RenderedScreen): string | undefined =>
	/^─ (\d+-\d+ of \d+)/m.exec(screen.text())?.[1];

for (const [columns, rows, position] of [
	[40, 10, '1-3 of 13'],
	[60, 15, '1-4 of 13'],
	[80, 24, '1-10 of 13'],
	[120, 36, undefined],
] as const) {
	test(`the list of 13 cancellations says its position and begins with its first row at ${columns}x${rows}`, async context => {
		const screen = await renderScreen(context, {columns, rows});
		await openPane(screen, 13);
		assert.equal(positionOf(screen), position, screen.text());
		// Those that settle move to the end: the first row stays in view, whichever it is.
		for (let index = 0; index < 8; index++) {
			await screen.receive({type: 'cancellations', reports: [following(index, settled)]});
			const [first] = screen.store.getState().run?.listed ?? [];
			const {shown, chosen} = rowsOf(screen);
			assert.equal(shown[0], first?.ref, screen.text());
			assert.equal(chosen, first?.ref);
		}
		// With a key there, the cursor follows its job.
		await screen.press('j');
		const {chosen} = rowsOf(screen);
		assert.equal(chosen, refOf(9));
		await screen.receive({type: 'cancellations', reports: [8, 10].map(each => following(each, settled))});
		assert.equal(rowsOf(screen).chosen, chosen);
		// Opened again, the list begins with its first row.
		await screen.press('C', 'C');
		assert.equal(rowsOf(screen).chosen, rowsOf(screen).shown[0]);
	});
}

test('a destructive key is refused just after another job became the first row', async context => {
	const screen = await renderScreen(context, {columns: 80, rows: 24});
	await openPane(screen, 13);
	await screen.receive({
		type: 'cancellations',
		reports: [following(0, settled), following(1, {outcome: {kind: 'overdue'}})],
	});
	await screen.press('c');
	assert.match(screen.text(), /the row under the cursor changed; look again/);
});

test('at any size, the position of the list is that of its rows, and the cursor is in view', async context => {
	await fc.assert(
		fc.asyncProperty(
			fc.record({
				columns: fc.integer({min: 40, max: 140}),
				rows: fc.integer({min: 10, max: 45}),
				number: fc.integer({min: 1, max: 60}),
				keys: fc.array(fc.constantFrom('j', 'k', '\u001b[6~', '\u001b[5~', 'g', 'G'), {maxLength: 8}),
				narrowed: fc.boolean(),
			}),
			async ({columns, rows, number, keys, narrowed}) => {
				const screen = await renderScreen(context, {columns, rows});
				await openPane(screen, number);
				if (narrowed)
					await screen.receive({
						type: 'cancellations',
						reports: Array.from({length: number}, (_, index) => index)
							.filter(index => index % 3 === 0)
							.map(index => following(index, settled)),
					});
				await screen.press(...keys);
				const listed = (screen.store.getState().run?.listed ?? []).map(({ref}) => ref);
				const {shown, chosen} = rowsOf(screen);
				const top = listed.indexOf(shown[0] as Ref);
				assert.deepEqual(shown, listed.slice(top, top + shown.length));
				assert.equal(chosen, listed[screen.store.getState().screen.chosen.index]);
				assert.equal(
					positionOf(screen),
					shown.length < listed.length ? `${top + 1}-${top + shown.length} of ${listed.length}` : undefined,
					screen.text(),
				);
			},
		),
		{numRuns: 40},
	);
});

test('the sentence about the selected cancellation is not cut without a sign', async context => {
	const why = `look failed: ${'the server answers with a page of its proxy, '.repeat(6)}end`;
	for (const [columns, rows] of [
		[60, 15],
		[60, 20],
		[80, 24],
		[120, 36],
	] as const) {
		const screen = await renderScreen(context, {columns, rows});
		await openPane(screen, 13);
		const words = () =>
			screen
				.lines()
				.slice(screen.lines().findIndex(line => line.startsWith('─ prod/job-100 ')) + 1, -3)
				.map(line => line.trim())
				.join(' ');
		assert.match(words(), /^the request for job-100 was answered; waiting for the job to end\./);
		await screen.receive({type: 'cancellations', reports: [following(0, {step: 'throttled', why})]});
		assert.match(words(), /, end\.|…/);
	}
});

test('the progress has its outcomes on the smallest screen, too', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	await openPane(screen, 13);
	await screen.receive({type: 'cancellations', reports: [following(0, settled)]});
	assert.equal(screen.lines()[2], ' 1 of 13 finished   12 asked, stopping …');
	await screen.receive({
		type: 'cancellations',
		reports: Array.from({length: 13}, (_, index) => following(index, settled)),
	});
	assert.equal(screen.lines()[2]?.trimEnd(), ' 13 of 13 finished   13 cancelled');
});
