/*
The widths of the columns follow the rows in view: they grow at once and shrink later.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createJobStore} from '../../source/store/store.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

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
