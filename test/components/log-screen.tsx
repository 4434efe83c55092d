/*
The log of a job, what it left behind and its parts, as a terminal shows them.
*/
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {setImmediate as nextTurn} from 'node:timers/promises';
import type {LogNews, Patch} from '../../source/engine/protocol.ts';
import type {JobDetail} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {asciiGlyphs, unicodeGlyphs} from '../../source/text/theme.ts';
import {widthOf} from '../../source/text/width.ts';
import {detailLines} from '../../source/view-models/detail/detail.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {type RenderedScreen, renderScreen, type ScreenSettings} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const ref = 'prod/7' as const;
const can = {...profile('x').can, logs: true, results: true};

const open = async (context: TestContext, settings: ScreenSettings = {}, keys: readonly string[] = ['l']) => {
	const screen = await renderScreen(context, settings);
	await screen.receive(
		hello([profile('prod', {title: 'Weaver', can}), profile('dex', {title: 'Scale Dex'})]),
		{type: 'health', health: health('prod')},
		{type: 'health', health: health('dex')},
		jobs(job(ref, {createdAt: start - 1000}), job('dex/9')),
	);
	await screen.press(...keys);
	return screen;
};

const log = (text: string, more: Omit<LogNews, 'text'> = {}): Patch => ({
	type: 'log',
	ref,
	at: start,
	news: {text, ...more},
});

const numbered = (from: number, to: number) =>
	Array.from({length: to - from + 1}, (_, index) => `line ${from + index}\n`).join('');

/** The text of the log: the body without its head and its status. */
const body = (screen: RenderedScreen) => screen.lines().slice(4, 20);
const status = (screen: RenderedScreen) => screen.lines()[20] ?? '';
const asked = (screen: RenderedScreen, type: string) => screen.sent.filter(each => each.type === type);

test('the log at 80x24 follows its end', async context => {
	const screen = await open(context);
	assert.deepEqual(asked(screen, 'logs'), [{type: 'logs', ref}]);
	assert.match(screen.lines()[4] ?? '', /^ loading the log$/);
	await screen.receive(log(numbered(1, 30), {anew: true}));
	assert.deepEqual(screen.lines(), [
		' jobtop  2 jobs  2 running                                  every 5s  12:00 UTC',
		' 1 prod ok 0s   2 dex ok 0s',
		'─ prod/7 ───────────────────────────────────────────────────────────────────────',
		'  Summary   Timeline  [Logs]  Results   Raw   Requests',
		...Array.from({length: 16}, (_, index) => `  line ${index + 15}`),
		'─ follows ──────────────────────────────────────────────────────── 15-30 of 30 ─',
		'────────────────────────────────────────────────────────────────────────────────',
		' F follow  / find  W wrap  ] next tab  c cancel  Esc close       ? help  q back',
		' c cancels prod/7 name-7',
	]);
	await screen.receive(log('line 31\nhalf of'));
	assert.deepEqual(body(screen).slice(-2), ['  line 31', '  half of']);
	await screen.receive(log(' a line\n', {ended: true}));
	assert.equal(body(screen).at(-1), '  half of a line');
	assert.match(status(screen), /^─ it has ended ─+ 17-32 of 32 ─$/);
});

test('every line of a log is exactly as wide as the terminal, in ASCII too, and no control code comes through', async context => {
	for (const settings of [
		{},
		{ascii: true},
		{columns: 120, rows: 36},
		{columns: 40, rows: 12, colour: false},
	]) {
		const screen = await open(context, settings);
		const evil = `\u001b[31mred\u001b]0;title\u0007 ${'wide 漢字 '.repeat(40)}\n${'x'.repeat(5000)}\nend\n`;
		// The backends clean; what they let through must not break the frame either.
		await screen.receive(log(evil.replace(/[\u001b\u0007]/g, ''), {anew: true}));
		for (const keys of ['', 'W', 'g', '/', 'x', '\r', 'n', 'W', 'k']) {
			if (keys) await screen.press(keys);
			const {columns = 80, rows = 24} = settings as ScreenSettings;
			assert.equal(screen.lines().length, rows);
			for (const line of screen.lines()) assert.ok(line.length <= columns);
			for (const glyphs of [asciiGlyphs, unicodeGlyphs]) {
				const {lines} = detailLines(screen.store.getState(), {
					width: columns,
					height: rows - 6,
					glyphs,
					now: start,
					zone: 'utc',
				});
				for (const line of lines) assert.equal(widthOf(line.map(({text}) => text).join('')), columns);
			}
			if (settings.ascii) for (const line of screen.lines()) assert.match(line, /^[ -~]*$/);
		}
	}
});

test('scrolling up pauses a growing log, and the end follows it again', async context => {
	const screen = await open(context);
	await screen.receive(log(numbered(1, 100), {anew: true}));
	await screen.press('k');
	assert.equal(body(screen)[0], '  line 84');
	assert.match(status(screen), /^─ paused ─/);
	await screen.receive(log(numbered(101, 200)));
	assert.equal(body(screen)[0], '  line 84');
	assert.match(status(screen), / 84-99 of 200 ─$/);
	await screen.press('g');
	assert.equal(body(screen)[0], '  line 1');
	await screen.press('G');
	assert.match(status(screen), /^─ follows ─+ 185-200 of 200 ─$/);
	await screen.press('F');
	await screen.receive(log(numbered(201, 300)));
	assert.equal(body(screen)[0], '  line 185');
	await screen.press('F');
	assert.equal(body(screen).at(-1), '  line 300');
});

test('only the last 5,000 lines are kept, the number of dropped ones is shown, and the view keeps its place', async context => {
	const screen = await open(context);
	await screen.receive(log(numbered(1, 5000), {anew: true}));
	await screen.press('k');
	const before = body(screen);
	await screen.receive(log(numbered(5001, 7000)));
	assert.deepEqual(body(screen), before);
	assert.equal(screen.store.getState().known.log?.lines.length, 5000);
	assert.match(status(screen), / 4,984-4,999 of 7,000, 2,001 dropped ─$/);
	await screen.press('g');
	assert.equal(body(screen)[0], '  line 2002');
	await screen.receive(log(`${'x'.repeat(3000)}\n`.repeat(1500)));
	assert.ok((screen.store.getState().known.log?.size ?? 0) <= 2_000_000);
});

test('long lines wrap, or are cut', async context => {
	const screen = await open(context);
	await screen.receive(log(`${'abcdefghij'.repeat(20)}\nend\n`, {anew: true}));
	assert.deepEqual(
		body(screen)
			.slice(0, 4)
			.map(line => line.length),
		[80, 80, 46, 5],
	);
	await screen.press('W');
	assert.match(body(screen)[0] ?? '', /^ {2}abc.*…$/);
	assert.equal(body(screen)[1], '  end');
	assert.match(status(screen), /long lines cut/);
});

test('a search finds matches while it is typed, marks them, and finds the next', async context => {
	const screen = await open(context);
	const text = Array.from(
		{length: 100},
		(_, index) => `line ${index + 1}${index % 10 === 3 ? ' Error' : ''}\n`,
	);
	await screen.receive(log(text.join(''), {anew: true}));
	await screen.press('/', 'err');
	assert.match(status(screen), /^─ \/err_ /);
	assert.ok(body(screen).includes('> line 94 Error'));
	await screen.press('\r', 'n');
	assert.ok(body(screen).includes('> line 4 Error'), 'from the end it goes on at the beginning');
	assert.match(status(screen), /^─ "err" 1 of 10 lines · paused ─/);
	await screen.press('n');
	assert.ok(body(screen).includes('> line 14 Error'));
	await screen.press('N', 'N');
	assert.ok(body(screen).includes('> line 94 Error'));
	await screen.press('/', 'ERR', '\r');
	assert.match(status(screen), /no "ERR"/);
	await screen.press('n');
	assert.match(screen.lines().at(-1) ?? '', /no line holds ERR/);
	await screen.press('/');
	await screen.paste('Error');
	assert.match(status(screen), /\/Error_/);
	await screen.press('\u001b');
	assert.ok(!status(screen).includes('Error'));
});

test('an unreadable log says why and what to do, and the text read before stays', async context => {
	const screen = await open(context);
	await screen.receive(
		log('before\n', {anew: true}),
		log('', {failure: {kind: 'unauthorized', detail: '401 token expired'}, parked: true}),
	);
	assert.equal(body(screen)[0], '  before');
	assert.equal(screen.lines()[19], ' 401 token expired; renew the credential, then P logs in again');
	assert.match(status(screen), /^─ r tries again ─/);
	await screen.receive(log('after\n'));
	assert.ok(!screen.text().includes('401'));
	await screen.receive(log('', {anew: true, failure: {kind: 'not-found', detail: 'it has not started'}}));
	assert.equal(screen.lines()[19], ' it has not started');
	assert.match(status(screen), /^─ trying again ─/);
});

test('an empty log says so, and one with a gap says where', async context => {
	const screen = await open(context);
	await screen.receive(log('', {anew: true}));
	assert.equal(body(screen)[0], ' nothing printed yet');
	await screen.receive(log('a\n', {cut: true}), log('b\n', {cut: true}));
	assert.deepEqual(
		body(screen).slice(0, 4),
		['  a', '  ', '  [text was left out here]', '  b'].map(line => line.trimEnd()),
	);
	assert.match(status(screen), /older text cut ─$/);
	await screen.receive(log('', {anew: true, ended: true}));
	assert.equal(body(screen)[0], ' nothing printed');
});

test('a system without logs or results says so, and nothing is requested', async context => {
	const screen = await open(context, {}, ['j', 'l']);
	assert.match(screen.lines().at(-1) ?? '', /l: this system has no logs: Scale Dex/);
	await screen.press('\r', ']', ']');
	assert.equal(body(screen)[0], ' no logs: Scale Dex does not provide them');
	await screen.press(']');
	assert.match(body(screen)[0] ?? '', /^ no results: Scale Dex/);
	assert.deepEqual([asked(screen, 'logs'), asked(screen, 'results')], [[], []]);
});

test('nothing is requested before its tab is open, nor after it is closed', async context => {
	const screen = await open(context, {}, ['\r']);
	assert.deepEqual([asked(screen, 'logs'), asked(screen, 'results')], [[], []]);
	await screen.press(']', ']', ']');
	assert.deepEqual(asked(screen, 'logs'), [{type: 'logs', ref}, {type: 'logs'}]);
	assert.deepEqual(asked(screen, 'results'), [{type: 'results', ref}]);
	await screen.press('[', '\u001b');
	assert.deepEqual(asked(screen, 'logs').slice(2), [{type: 'logs', ref}, {type: 'logs'}]);
	assert.deepEqual(asked(screen, 'results').slice(1), [{type: 'results'}]);
});

test('results are named with their kind, their size and their value', async context => {
	const screen = await open(context, {}, ['\r', ']', ']', ']']);
	assert.equal(body(screen)[0], ' loading the results');
	await screen.receive({
		type: 'results',
		ref,
		at: start,
		results: [
			{name: 'output.tif', kind: 'image/tiff', size: 4_200_000, url: 'https://example.org/o.tif'},
			{name: 'answer', value: '{\n  "n": 42\n}'},
		],
	});
	assert.deepEqual(body(screen).slice(0, 6), [
		' output.tif  image/tiff, 4.2 MB',
		'   https://example.org/o.tif',
		' answer',
		'   {',
		'     "n": 42',
		'   }',
	]);
	const failure = {kind: 'rejected', detail: 'the job failed and has no results'} as const;
	await screen.receive({type: 'results-failed', ref, at: start, failure});
	assert.equal(body(screen)[6], ' the job failed and has no results');
	await screen.receive({type: 'results', ref, at: start, results: []});
	assert.equal(body(screen)[0], ' no results yet');
	await screen.receive(jobs(job(ref, {phase: 'succeeded'})));
	assert.equal(body(screen)[0], ' no results');
});

const detail = (about: Ref, more: Partial<JobDetail>): Patch => ({
	type: 'detail',
	ref: about,
	at: start,
	detail: {job: job(about), fields: [], timeline: [], raw: '', ...more},
});

test('the children of a job are in its summary, can be opened, and lead back', async context => {
	const screen = await open(context, {}, ['\r']);
	const part = (id: string, more: object) =>
		({ref: `prod/${id}` as Ref, phase: 'running', status: 'RUNNING', ...more}) as const;
	await screen.receive(
		detail(ref, {
			children: [
				part('7.1', {name: 'first'}),
				part('7.2', {phase: 'failed', status: 'FAILED', error: 'no pixels'}),
			],
		}),
	);
	assert.match(
		screen.text(),
		/─ children: 2 ─+ Enter opens ─\n ▶ RUNNING {2}first\n ✗ FAILED {2}prod\/7\.2 {2}no pixels/,
	);
	await screen.press('\r');
	assert.match(screen.text(), /> first {2}RUNNING/);
	await screen.press('j', '\r');
	assert.deepEqual(asked(screen, 'inspect').at(-1), {type: 'inspect', ref: 'prod/7.2'});
	await screen.receive(detail('prod/7.2', {job: job('prod/7.2', {parent: ref})}));
	assert.match(screen.text(), /─ prod\/7\.2 [\s\S]*parent {2}prod\/7\n/);
	await screen.press('\u001b');
	assert.match(screen.text(), /─ prod\/7 ─/);
	assert.deepEqual(asked(screen, 'inspect').at(-1), {type: 'inspect', ref});
	await screen.press('\u001b');
	assert.ok(!screen.text().includes('[Summary]'));
});

test('a child leads to its parent', async context => {
	const screen = await open(context, {}, ['\r']);
	await screen.press('\r');
	assert.match(screen.lines().at(-1) ?? '', /Enter: it has no child jobs or parent/);
	await screen.receive(detail(ref, {job: job(ref, {parent: 'prod/1'})}), jobs(job(ref, {parent: 'prod/1'})));
	await screen.press('\r');
	assert.deepEqual(asked(screen, 'inspect').at(-1), {type: 'inspect', ref: 'prod/1'});
});

test('while a pager has the terminal, a new size writes nothing there; the screen has it afterwards', async context => {
	const screen = await open(context);
	await screen.receive(log(numbered(1, 3), {anew: true}));
	const gate = join(temporaryDirectory(context), 'gate');
	execFileSync('mkfifo', [gate]);
	const before = process.env.PAGER;
	process.env.PAGER = `cat > /dev/null; read -r _ < '${gate}'`;
	context.after(() => {
		if (before === undefined) delete process.env.PAGER;
		else process.env.PAGER = before;
	});
	await screen.press('p');
	screen.written();
	await screen.resize(100, 30);
	const meanwhile = screen.written();
	await writeFile(gate, '\n');
	while (!screen.text().includes('[Logs]')) {
		await nextTurn();
		await screen.settle();
	}
	assert.equal(meanwhile, '');
	assert.match(screen.lines()[0] ?? '', /every 5s {2}12:00 UTC$/);
	assert.match(screen.text(), /\[Logs\][\s\S]*line 3/);
});
