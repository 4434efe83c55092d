/* Lists that do not end, records that are nested without end, and ids that are no text. */

import assert from 'node:assert/strict';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import type {Backend, Connection} from '../../source/backends/backend.ts';
import {dex} from '../../source/backends/dex/index.ts';
import {ionworks} from '../../source/backends/ionworks/index.ts';
import {ogc} from '../../source/backends/ogc/index.ts';
import {parseJson} from '../../source/backends/parse-json.ts';
import {tapis} from '../../source/backends/tapis/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {listBounds, readList} from '../../source/engine/polling/read-list.ts';
import {shownId} from '../../source/job/ref.ts';
import {errorWords} from '../../source/process/error-words.ts';
import {troubleOf} from '../../source/table/health.ts';
import {unicodeGlyphs} from '../../source/text/theme.ts';
import {chipsLine} from '../../source/view-models/frame/chips.ts';
import {openEngine, temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {runCli} from '../helpers/run-cli.ts';

const {signal} = new AbortController();
const everything = {everyone: true, ended: true};

const serve = async (t: TestContext, answer: (request: IncomingMessage) => string | Buffer) => {
	const server = createServer((request, response) =>
		response.writeHead(200, {'content-type': 'application/json'}).end(answer(request)),
	);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const connectionTo = (t: TestContext, definition: typeof ogc | typeof weaver, url: string): Connection => {
	const backend = definition.connect('far', {url, pageSize: 2});
	t.after(() => backend.close?.());
	return {profile: 'far', traits: definition.traits, backend};
};

/** A page of OGC API - Processes that always links to another one. */
const endless = (request: IncomingMessage, id: (page: number) => string): string => {
	const page = Number(new URL(request.url ?? '', 'http://far').searchParams.get('page') ?? 0);
	const jobs = [{jobID: id(page), status: 'running', type: 'process'}];
	return JSON.stringify({jobs, links: [{rel: 'next', href: `/jobs?page=${page + 1}`}]});
};

test('a list that goes on with the jobs that it had is cut, and that is said', async t => {
	let asked = 0;
	const url = await serve(t, request => {
		asked++;
		return endless(request, page => `job-${page < 3 ? page : 3 + ((page * page) % 7)}`);
	});
	const list = await readList(connectionTo(t, ogc, url), everything, signal);
	assert.equal(list.covers, 'part');
	assert.ok(asked <= listBounds.idlePages + 10, `${asked} pages`);
});

test('a list without an end is cut after a maximum of pages', async t => {
	let asked = 0;
	const url = await serve(t, request => {
		asked++;
		return endless(request, page => `job-${page}`);
	});
	const list = await readList(connectionTo(t, ogc, url), everything, signal);
	assert.deepEqual([list.covers, list.endless, asked], ['part', true, listBounds.pages]);
});

test('a list that counts a thousand million jobs is cut after a maximum of jobs', async t => {
	const url = await serve(t, request => {
		const {searchParams} = new URL(request.url ?? '', 'http://far');
		const page = Number(searchParams.get('page'));
		const jobs = Array.from({length: 500}, (_, n) => ({jobID: `${page}-${n}`, status: 'running'}));
		return JSON.stringify({jobs, page, limit: 500, total: 1e9});
	});
	const {jobs} = listBounds;
	t.after(() => Object.assign(listBounds, {jobs}));
	// The bound itself would take minutes.
	listBounds.jobs = 100_000;
	const list = await readList(connectionTo(t, weaver, url), everything, signal);
	assert.deepEqual([list.jobs.size, list.endless], [listBounds.jobs, true]);
});

/** A page of Weaver that counts more jobs than there are, and has the same ones for ever. */
const sameForEver = (request: IncomingMessage): string => {
	const page = Number(new URL(request.url ?? '', 'http://far').searchParams.get('page'));
	return JSON.stringify({jobs: [{jobID: 'a', status: 'running'}], page, limit: 1, total: 1e9});
};

test('the screen and the list say that a list was cut', async t => {
	const url = await serve(t, sameForEver);
	const time = createManualClock();
	const connection = connectionTo(t, weaver, url);
	const {engine, until, known} = openEngine(t, {server: {url}, time}, temporaryDirectory(t), {connection});
	engine.start();
	await until('it is told', ({health}) => health.get('far')?.endless === true);
	const {health} = known();
	const told = troubleOf(known(), 'far', time.clock.now(), 'utc');
	assert.match(told ?? '', /far: its list is too long: it was cut after 1 job, /);
	const chips = chipsLine(
		{names: ['far'], health},
		{width: 80, height: 1, glyphs: unicodeGlyphs, now: time.clock.now(), zone: 'utc'},
	);
	assert.match(chips.map(({text}) => text).join(''), /list cut/);
	const env = {JOBTOP_STATE_DIR: temporaryDirectory(t), WEAVER_URL: url};
	const {stdout, stderr, code} = await runCli(['list'], {env});
	assert.equal(code, 0, stderr);
	assert.match(stdout, /weaver\/a/);
	assert.match(stderr, /weaver: its list is too long: it was cut after 1 job, /);
});

test('two records that disagree about one job are reported', async t => {
	const url = await serve(t, () =>
		JSON.stringify({
			jobs: [
				{jobID: 'a', status: 'running', title: 'one'},
				{jobID: 'a', status: 'failed', title: 'other'},
				{jobID: 'b', status: 'running'},
				{jobID: 'b', status: 'running'},
			],
			page: 0,
			limit: 4,
			total: 4,
		}),
	);
	const {jobs, unreadable} = await readList(connectionTo(t, weaver, url), everything, signal);
	assert.deepEqual([jobs.size, unreadable], [2, 1]);
});

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test('what is nested too deeply is cut off, and the rest is kept', () => {
	assert.deepEqual(parseJson('{"a": [1, {"b": "[[[\\""}]}'), {a: [1, {b: '[[["'}]});
	const cut = parseJson(`{"id": "a", "deep": ${deep(1_000_000)}}`) as {id: string; deep: unknown};
	assert.equal(cut.id, 'a');
	assert.match(JSON.stringify(cut), /nested too deeply/);
	assert.equal(parseJson('['.repeat(1_000_000)), undefined);
	assert.equal(JSON.stringify(parseJson(deep(200))), deep(200));
	assert.match(JSON.stringify(parseJson(`{"b": 1, "a": ${deep(200)}}`)), /nested too deeply/);
	const scrubbed = parseJson(`["secret", ${deep(100_000)}]`, text => text.replace('secret', '***'));
	assert.match(JSON.stringify(scrubbed), /"\*\*\*"/);
});

const records: Readonly<
	Record<string, readonly [connect: (url: string) => Backend, id: string, record: object]>
> = {
	weaver: [url => weaver.connect('far', {url}), 'a', {jobID: 'a', status: 'running'}],
	ogc: [url => ogc.connect('far', {url}), 'a', {jobID: 'a', status: 'running'}],
	ionworks: [url => ionworks.connect('far', {url}), 'a', {id: 'a', status: 'running', job_type: 'x'}],
	tensorpool: [url => tensorpool.connect('far', {url}), 'a', {id: 'a', status: 'running'}],
	dex: [
		url => dex.connect('far', {url, project: 'p'}),
		'a',
		{id: 'a', project_id: 'p', status: 'running', operation: 'parse'},
	],
	tapis: [
		url => tapis.connect('far', {url}),
		'a-007',
		{uuid: 'a-007', status: 'RUNNING', name: 'n', owner: 'me', tenant: 't'},
	],
};

for (const [name, [connect, id, record]] of Object.entries(records)) {
	test(`${name}: a record that is too deep to print is listed, shown and cancelled`, async t => {
		const bottomless = JSON.stringify({...record, deep: '@'}).replace('"@"', deep(200_000));
		const url = await serve(t, ({method, url = ''}) => {
			if (method !== 'GET') return '{}';
			if (/\/(?:jobs|list|search)(?:\?|$)/.test(url)) {
				const list = `[${bottomless}]`;
				return `{"jobs": ${list}, "items": ${list}, "result": ${list}, "status": "success", "total": 1}`;
			}
			if (name === 'tapis') return `{"status": "success", "message": "ok", "result": ${bottomless}}`;
			return name === 'tensorpool' ? `{"job_info": ${bottomless}}` : bottomless;
		});
		const backend = connect(url);
		t.after(() => backend.close?.());
		const {jobs} = await backend.listPage({...everything, signal});
		assert.deepEqual(
			jobs.map(job => job.id),
			[id],
		);
		const detail = await backend.get?.(id, {signal});
		assert.equal(detail?.job.id, id);
		assert.ok(detail?.raw.includes(id));
		await backend.cancel?.(id, {signal});
	});
}

test('ids that are no UTF-8 are counted as unreadable, and no id is taken for another', async t => {
	const url = await serve(t, () =>
		Buffer.concat([
			Buffer.from('{"total": 3, "page": 0, "jobs": [{"jobID": "a'),
			Buffer.from([0xff]),
			Buffer.from('", "status": "running"}, {"jobID": "a'),
			Buffer.from([0xfe]),
			Buffer.from('", "status": "running"}, {"jobID": "b", "status": "running"}]}'),
		]),
	);
	const {jobs, unreadable} = await connectionTo(t, weaver, url).backend.listPage({...everything, signal});
	assert.deepEqual([jobs.map(({id}) => id), unreadable], [['b'], 2]);
});

test('ids that look alike are shown apart, and plain ones as they are', () => {
	for (const plain of ['42', '42_[3-9]', 'a b', 'job/7', '6aa6ba1e-b5a7-4644-8bf9-f41fa1dc7c79']) {
		assert.equal(shownId(plain), plain);
	}
	assert.equal(shownId(' a'), '" a"');
	assert.equal(shownId('a '), '"a "');
	assert.equal(shownId('A\u0308'), '"A\\u{308}"');
	assert.equal(shownId('\u00c4'), '"\u00c4"');
	assert.equal(shownId('a\u00a0b'), '"a\\u{a0}b"');
	const id = fc.string({
		unit: fc.constantFrom('a', ' ', '"', '\\', 'u', '{', '3', '\u0308', '\u00a0', '\u00c4'),
	});
	fc.assert(fc.property(id, id, (one, other) => (shownId(one) === shownId(other)) === (one === other)));
});

test('ids that look alike stand apart in the list, and before they are cancelled', async t => {
	const ids = ['a', ' a', 'a ', '\u00c4', 'A\u0308'];
	const record = (jobID: string) => ({jobID, status: 'running', title: 'mesh'});
	const url = await serve(t, ({url = ''}) => {
		const asked = /^\/jobs\/([^?]+)/.exec(url)?.[1];
		return JSON.stringify(
			asked === undefined
				? {jobs: ids.map(record), page: 0, limit: 500, total: ids.length}
				: record(decodeURIComponent(asked)),
		);
	});
	const env = {JOBTOP_STATE_DIR: temporaryDirectory(t), WEAVER_URL: url};
	const shown = ['weaver/a ', 'weaver/" a"', 'weaver/"a "', 'weaver/"\u00c4"', 'weaver/"A\\u{308}"'];
	const {stdout, stderr} = await runCli(['list'], {env});
	for (const each of shown) assert.ok(stdout.includes(each), `${each} in\n${stdout}${stderr}`);
	const refs = (await runCli(['list', '-o', 'ref'], {env})).stdout;
	assert.deepEqual(refs.split('\n').sort(), ['', ...ids.map(id => `weaver/${id}`)].sort());
	const {stderr: asked} = await runCli(['cancel', 'weaver/ a', 'weaver/a', '--dry-run'], {env});
	assert.ok(asked.includes('weaver/" a"'), asked);
});

test('a quota that is used up is said in words', () => {
	const text = "Unknown system error -122: Unknown system error -122, write '/home/me/x'";
	const facts = {code: 'Unknown system error -122', errno: -122, syscall: 'write', path: '/home/me/x'};
	assert.equal(errorWords(Object.assign(new Error(text), facts)), '/home/me/x: the disk quota is used up');
});
