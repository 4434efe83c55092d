/*
The widths of the columns follow the rows in view: they grow at once and shrink later.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {CancellationReport} from '../../source/engine/protocol.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const open = () => {
	const {clock, advance} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	store.receive([hello([profile('p')]), jobs(job('p/1', {name: 'short'}))]);
	const width = () => store.getState().screen.widths.needs.name;
	return {store, advance, width};
};

test('a longer name widens its column at once', () => {
	const {store, width} = open();
	assert.equal(width(), 5);
	store.receive([jobs(job('p/2', {name: 'a much longer name'}))]);
	assert.equal(width(), 18);
});

test('a column shrinks only after its content was shorter for half a minute', async () => {
	const {store, advance, width} = open();
	store.receive([jobs(job('p/2', {name: 'a much longer name'}))]);
	store.receive([{type: 'jobs', upserts: [], removes: ['p/2']}]);
	assert.equal(width(), 18);
	await advance(20_000);
	store.elapse();
	assert.equal(width(), 18);
	await advance(11_000);
	store.elapse();
	assert.equal(width(), 5);
});

test('another filter begins with its own widths', () => {
	const {store, width} = open();
	store.receive([jobs(job('p/2', {name: 'a much longer name'}))]);
	store.change(screen => ({...screen, filter: 'short'}));
	assert.equal(width(), 5);
});

test('only rows in view count', () => {
	const {store, width} = open();
	store.receive([
		jobs(
			...Array.from({length: 40}, (_, index) =>
				job(`p/${index + 10}`, {name: index === 39 ? 'far below the window' : 'x', createdAt: 1e12 - index}),
			),
		),
	]);
	assert.ok((width() ?? 0) <= 5);
});

test('CANCEL is as wide as its words, and does not change while those of a cancellation in progress do', () => {
	const {store} = open();
	const needs = () => store.getState().screen.widths.needs.cancel;
	const now = (changes: Partial<CancellationReport>) =>
		store.receive([{type: 'cancellations', reports: [report('p/1', changes)]}]);
	now({step: 'settled', outcome: {kind: 'denied'}});
	assert.equal(needs(), 'denied'.length);
	for (const step of ['asked', 'sending', 'throttled', 'following'] as const) {
		now({step, acceptedAt: start});
		assert.equal(needs(), 'asked, stopping'.length);
	}
});

test('at 120 columns a name is whole beside cancellations that need few cells', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 30});
	const [id, name] = ['f6ffe821-3628-4c08-baea-1aa76b91232a', 'flood-extent-t32tqm-41'];
	const each = {name, kind: 'x', queue: 'long', reason: 'Job is at work', startedAt: start - 9000};
	await screen.receive(
		hello([profile('weaver'), profile('hpc')]),
		jobs(job(`weaver/${id}`, each), job('hpc/2')),
		{
			type: 'cancellations',
			reports: [report('hpc/2', {acceptedAt: start - 390_000, outcome: {kind: 'overdue'}})],
		},
	);
	assert.match(screen.text(), / flood-extent-t32tqm-41 /);
});
