/*
How a log is followed: asked again at a pace, or listened to, and told in pieces that fit together.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend, LogPage} from '../../source/backends/backend.ts';
import {followLog} from '../../source/engine/follow-log.ts';
import type {LogNews} from '../../source/engine/protocol.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

type Told = Pick<Backend, 'logs' | 'listen'>;

/** Follows a log and keeps what was told of it, as a screen would. */
const follow = (backend: Told, hasEnded: () => boolean = () => false) => {
	const {clock, advance} = createManualClock();
	const stop = new AbortController();
	const news: LogNews[] = [];
	let text = '';
	const start = clock.now();
	const done = followLog({
		backend,
		id: '7',
		clock,
		signal: stop.signal,
		random: () => 0.5,
		hasEnded,
		report(told) {
			news.push(told);
			text = told.anew ? told.text : text + told.text;
		},
	});
	const left = done.catch(error => error as Error);
	return {news, left, stop, advance, clock, text: () => text, since: () => clock.now() - start};
};

/** A log that is a text: each answer is what stands behind the place that was asked for. */
const growing = (log: {text: string; ended?: boolean}, asked: number[], now: () => number): Told => ({
	async logs(_id, {after}) {
		asked.push(now());
		const page: LogPage = {text: log.text.slice(Number(after ?? 0)), cursor: `${log.text.length}`};
		return log.ended ? {...page, ended: true} : page;
	},
});

test('a log is asked again every two seconds while text comes, and later and later while none does', async () => {
	const log = {text: 'one\n'};
	const asked: number[] = [];
	let now = () => 0;
	const {text, advance, since, stop, left} = follow(growing(log, asked, () => now()));
	now = since;
	await advance(2000);
	log.text += 'two\n';
	await advance(3000);
	assert.equal(text(), 'one\ntwo\n');
	await advance(120_000);
	const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
	assert.equal(gaps[0], 2000);
	assert.ok(gaps.every((gap, index) => index < 3 || gap >= (gaps[index - 1] ?? 0)));
	assert.equal(gaps.at(-1), 10_000);
	log.text += 'three\n';
	await advance(10_000);
	const before = asked.length;
	await advance(2000);
	assert.equal(asked.length, before + 1, 'it is quick again');
	stop.abort(new Error('enough'));
	assert.equal(((await left) as Error).message, 'enough');
	await advance(60_000);
	assert.equal(asked.length, before + 1, 'nobody asks any longer');
});

test('a log that says that it has ended is asked for no more', async () => {
	const asked: number[] = [];
	const {news, left, advance, text} = follow(growing({text: 'all\n', ended: true}, asked, () => 0));
	assert.equal(await left, undefined);
	assert.equal(text(), 'all\n');
	assert.equal(news.at(-1)?.ended, true);
	await advance(60_000);
	assert.equal(asked.length, 1);
});

test('of a job that ended, what was printed last is read once more', async () => {
	const log = {text: 'one\n'};
	let over = false;
	const asked: number[] = [];
	const {advance, left, text} = follow(
		growing(log, asked, () => 0),
		() => over,
	);
	await advance(1000);
	log.text += 'last words\n';
	over = true;
	await advance(60_000);
	assert.equal(await left, undefined);
	assert.equal(text(), 'one\nlast words\n');
	assert.equal(asked.length, 2);
});

test('if each answer is the whole log, only new text is reported; a replaced log starts again', async () => {
	const pages = ['a\n', 'a\nb\n', 'a\nb\n', 'other\n'];
	const {news, advance, text, stop} = follow({
		async logs() {
			return {text: pages.length > 1 ? (pages.shift() as string) : (pages[0] as string)};
		},
	});
	await advance(60_000);
	stop.abort(new Error('enough'));
	assert.deepEqual(news.slice(0, 4), [
		{text: 'a\n', anew: true},
		{text: 'b\n'},
		{text: ''},
		{text: 'other\n', anew: true},
	]);
	assert.equal(text(), 'other\n');
});

test('text that came in between and was left out is said to be missing, not taken for a new log', async () => {
	const pages: LogPage[] = [
		{text: 'a\n', cursor: '1'},
		{text: 'z\n', cursor: '9', cut: true},
		{text: 'new\n', cursor: '2', anew: true, cut: true},
	];
	const {news, advance, stop} = follow({logs: async () => pages.shift() ?? {text: '', cursor: '2'}});
	await advance(6000);
	stop.abort(new Error('enough'));
	assert.deepEqual(news.slice(0, 3), [
		{text: 'a\n', anew: true},
		{text: 'z\n', cut: true},
		{text: 'new\n', anew: true, cut: true},
	]);
});

const failing = (failure: Failure, then = 'back\n'): Told & {readonly asked: () => number} => {
	let asked = 0;
	return {
		async logs() {
			asked++;
			if (asked === 1) throw new BackendError(failure);
			return {text: then, cursor: '1'};
		},
		asked: () => asked,
	};
};

test('a log that cannot be reached is asked for again, and says meanwhile why', async () => {
	const backend = failing({kind: 'unreachable', detail: 'refused'});
	const {news, advance, stop} = follow(backend);
	await advance(0);
	assert.deepEqual(news, [{text: '', failure: {kind: 'unreachable', detail: 'refused'}}]);
	await advance(2000);
	assert.deepEqual(news.at(-1), {text: 'back\n', anew: true});
	stop.abort(new Error('enough'));
});

test('a server that asks for patience gets it', async () => {
	const backend = failing({kind: 'rate-limited', detail: 'slow down', retryAfterMs: 30_000});
	const {advance, stop} = follow(backend);
	await advance(29_000);
	assert.equal(backend.asked(), 1);
	await advance(1000);
	assert.equal(backend.asked(), 2);
	stop.abort(new Error('enough'));
});

test('a refused credential ends it, and so does a log that an ended job has not', async () => {
	const parked = follow(failing({kind: 'unauthorized', detail: '401'}));
	assert.deepEqual(await parked.left, {kind: 'unauthorized', detail: '401'});
	assert.equal(parked.news[0]?.parked, true);
	const gone = follow(failing({kind: 'not-found', detail: 'no log'}), () => true);
	assert.deepEqual(await gone.left, {kind: 'not-found', detail: 'no log'});
	const soon = follow(failing({kind: 'not-found', detail: 'not started'}));
	await soon.advance(2000);
	assert.equal(soon.text(), 'back\n', 'a live job may print its first line any moment');
	soon.stop.abort(new Error('enough'));
});

test('streamed text is batched, and starts again after a broken connection', async () => {
	let times = 0;
	const {news, advance, left, text} = follow({
		async logs() {
			throw new Error('it listens');
		},
		async listen(_id, {onText}) {
			for (const piece of ['a', 'b\n', 'c\n']) onText(piece);
			if (++times === 1) throw new BackendError({kind: 'cut-off', detail: 'it broke'});
			onText('d\n');
		},
	});
	await advance(0);
	assert.deepEqual(news, [
		{text: 'ab\nc\n', anew: true},
		{text: '', failure: {kind: 'cut-off', detail: 'it broke'}},
	]);
	await advance(2000);
	assert.equal(await left, undefined);
	assert.equal(text(), 'ab\nc\nd\n');
	assert.equal(news.at(-1)?.ended, true);
});
