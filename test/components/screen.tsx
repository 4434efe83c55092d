/*
Whole screens, as a terminal shows them.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../source/engine/protocol.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const minutes = (count: number) => start - count * 60_000;

/** The bytes of the key. */
const down = '\u001b[B';

const weaver = profile('prod', {
	title: 'Weaver',
	cancelIsDismiss: true,
	consequence: "DELETE also removes the job's outputs and logs.",
});

const everyday: readonly Patch[] = [
	hello([profile('hpc2'), weaver, profile('tapis', {credential: 'TAPIS_TOKEN'})]),
	{type: 'health', health: health('hpc2')},
	{type: 'health', health: health('prod')},
	{
		type: 'health',
		health: health('tapis', {
			state: 'unauthorized',
			failures: 3,
			lastGoodAt: start - 41_000,
			failure: {kind: 'unauthorized', detail: '401 token expired'},
		}),
	},
	jobs(
		job('hpc2/918273_14', {name: 'cfd_mesh[14]', createdAt: minutes(134), startedAt: minutes(82)}),
		job('hpc2/918310', {name: 'post_stats', phase: 'queued', createdAt: minutes(12)}),
		job('prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e', {name: 'ndvi-mosaic-2026-11', createdAt: minutes(44)}),
		job('prod/91bd004a', {name: 'ndvi-mosaic-2026-09', phase: 'failed', createdAt: minutes(50)}),
		job('tapis/6e0f-007', {name: 'relax_LiFePO4_k8', createdAt: minutes(118)}),
	),
];

test('the table at 80x24', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	assert.deepEqual(screen.lines(), [
		' jobtop  5 jobs  3 running  1 queued  1 failed              every 5s  12:00 UTC',
		' 1 hpc2 ok 0s   2 prod ok 0s   3 tapis AUTH STALE 41s',
		'─ my active jobs ─────────────────────────────────────────────────── sort: AGE ─',
		'  STATE     PROFILE  JOB ID                   NAME                ELAPSED   AGE↓',
		'> ○ QUEUED  hpc2     918310                   post_stats                    12m',
		'  ▶ RUNNING prod     3f2a9a7c-11d…c-4b3a9c81e ndvi-mosaic-2026-11           44m',
		'  ✗ FAILED  prod     91bd004a                 ndvi-mosaic-2026-09           50m',
		'  ▶ RUNNING tapis    6e0f-007                 relax_LiFePO4_k8            1h58m?',
		'  ▶ RUNNING hpc2     918273_14                cfd_mesh[14]          1h22m 2h14m',
		...Array.from({length: 9}, () => ''),
		' 1-5 of 5                                                        ? = last known',
		'────────────────────────────────────────────────────────────────────────────────',
		' tapis: renew the credential, then P logs in again (401 token expired; 3 times',
		' in a row; last good answer 11:59:19)',
		' Enter inspect  c cancel  Space mark  / filter  s sort           ? help  q quit',
		' c cancels hpc2/918310 post_stats',
	]);
});

test('the table at 120x36, with the cancellations under it', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 36});
	await screen.receive(...everyday, {
		type: 'cancellations',
		reports: [
			report('hpc2/918273_14', {acceptedAt: start - 390_000, outcome: {kind: 'overdue'}}),
			report('prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e', {acceptedAt: start}),
		],
	});
	assert.deepEqual(screen.lines(), [
		' jobtop  1 needs you: C   5 jobs  3 running  1 queued  1 failed  (2 cancelling)                     every 5s  12:00 UTC',
		' 1 hpc2 ok 0s   2 prod ok 0s   3 tapis AUTH STALE 41s',
		'─ my active jobs ─────────────────────────────────────────────────────────────────────────────────────────── sort: AGE ─',
		'  STATE     PROFILE  JOB ID                            NAME                       STARTED ELAPSED   AGE↓ CANCEL',
		'> ○ QUEUED  hpc2     918310                            post_stats                                   12m',
		'  ◐ RUNNING prod     3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e ndvi-mosaic-2026-11                          44m  asked, stopping',
		'  ✗ FAILED  prod     91bd004a                          ndvi-mosaic-2026-09                          50m',
		'  ▶ RUNNING tapis    6e0f-007                          relax_LiFePO4_k8                           1h58m?',
		'  ! RUNNING hpc2     918273_14                         cfd_mesh[14]                 10:38   1h22m 2h14m  overdue 6m',
		...Array.from({length: 20}, () => ''),
		' 1-5 of 5                                                                                                ? = last known',
		'─ cancellations (C opens) ──────────────────────────────────────────────────────────────────────────────── 1 needs you ─',
		' [░░░░░░░░░░░░░░░░░░░░] 0 of 2 finished   1 overdue  1 asked, stopping',
		'────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────',
		' tapis: renew the credential, then P logs in again (401 token expired; 3 times in a row; last good answer 11:59:19)',
		' Enter inspect  c cancel  C cancellations  Space mark  / filter  s sort  f which jobs         : command  ? help  q quit',
		' c cancels hpc2/918310 post_stats',
	]);
});

test('at 40x10 there is still a table, and on smaller screens one line', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	await screen.receive(...everyday);
	assert.deepEqual(screen.lines(), [
		' 5 jobs  3 running  1 queued  1 failed',
		' 3 tap… AUTH STALE 41s   1 hpc2   2 prod',
		'─ my active jobs ─────────── sort: AGE ─',
		'  STATE     JOB ID        NAME',
		'> ○ QUEUED  918310        post_stats',
		'  ▶ RUNNING 3f2a9a…a9c81e ndvi-mosaic-2…',
		' 1-2 of 5',
		'────────────────────────────────────────',
		' Enter inspect           ? help  q quit',
		' c cancels hpc2/918310 post_stats',
	]);
	await screen.resize(30, 7);
	assert.deepEqual(screen.lines().filter(Boolean), ['jobtop needs 40x10']);
	await screen.resize(80, 24);
	assert.equal(screen.lines().filter(line => line.includes('jobtop')).length, 1);
	assert.match(screen.text(), /6e0f-007/);
});

test('ASCII differs in its characters, not in its widths', async context => {
	const lines: string[][] = [];
	for (const ascii of [false, true]) {
		const screen = await renderScreen(context, {ascii});
		await screen.receive(...everyday);
		lines.push(screen.lines());
	}
	const [unicode = [], plain = []] = lines;
	for (const [index, line] of plain.entries()) {
		assert.match(line, /^[ -~]*$/);
		assert.equal(line.length, unicode[index]?.length, line);
	}
});

test('a loading profile is named, with the time', async context => {
	const screen = await renderText(context);
	await screen.receive(hello([profile('hpc2'), profile('prod')]));
	await screen.advance(4000);
	assert.equal(screen.lines()[1], ' 1 hpc2 loading   2 prod loading');
	assert.deepEqual(screen.lines().slice(4, 6), [
		'  loading the jobs of hpc2, for 4s',
		'  loading the jobs of prod, for 4s',
	]);
});

test('a filter that matches nothing is shown, and Esc clears it', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('/', 'zebra', '\r');
	assert.match(screen.lines()[2] ?? '', /^─ filter: zebra · my active jobs ─/);
	assert.deepEqual(screen.lines().slice(4, 7), ['  no job matches zebra', '', '  Esc clears the filter']);
	await screen.press('\u001b');
	assert.match(screen.text(), /post_stats/);
});

test('an empty list says how to widen the scope', async context => {
	const screen = await renderText(context);
	await screen.receive(hello([profile('hpc2')]), {type: 'health', health: health('hpc2')});
	assert.deepEqual(screen.lines().slice(4, 7), [
		'  you have no active jobs',
		'',
		"  f shows other people's or ended jobs",
	]);
});

test('if every profile failed, each says why and what to do', async context => {
	const screen = await renderText(context);
	const failed = (name: string, kind: 'unreachable' | 'malformed', detail: string): Patch => {
		const {lastGoodAt: _never, ...told} = health(name, {
			state: kind === 'unreachable' ? 'unreachable' : 'broken',
			failures: 1,
			failure: {kind, detail},
		});
		return {type: 'health', health: told};
	};
	await screen.receive(
		hello([profile('hpc2'), profile('prod')]),
		failed('hpc2', 'unreachable', 'no such host: hpc2.example.org'),
		failed('prod', 'malformed', 'a web page answered, not Weaver'),
	);
	assert.equal(screen.lines()[1], ' 1 hpc2 UNREACHABLE   2 prod BROKEN');
	assert.deepEqual(screen.lines().slice(4, 12), [
		'  no profile answers: jobs unknown',
		'',
		'  hpc2: check the network, the address or the VPN; jobtop keeps trying (no such',
		'  host: hpc2.example.org)',
		'  prod: unexpected answer, perhaps from a login page; check the address (a web',
		'  page answered, not Weaver)',
		'',
		'  Ctrl-r polls all again, P shows the profiles',
	]);
});

test('without profiles, the screen says what jobtop looked for and how to configure', async context => {
	const screen = await renderText(context);
	await screen.receive(hello([], {lookedFor: ['squeue on PATH: not there', 'WEAVER_URL: not set']}));
	assert.match(screen.text(), /there is nothing to watch yet/);
	assert.match(screen.text(), /squeue on PATH: not there/);
	assert.match(screen.text(), /config\.toml/);
});

test('a profile that no longer answers is stale, and so are its rows', async context => {
	const screen = await renderText(context);
	await screen.receive(
		hello([profile('hpc2')]),
		{type: 'health', health: health('hpc2')},
		jobs(job('hpc2/1')),
	);
	await screen.advance(41_000);
	assert.equal(screen.lines()[1], ' 1 hpc2 STALE 41s');
	assert.match(screen.lines()[4] ?? '', / 1m41s\?/);
	assert.match(screen.text(), /no answer since 12:00:00; the rows are from then/);
	await screen.press('c');
	assert.match(screen.text(), /RUNNING, as of 41s ago/);
	assert.match(screen.text(), /! hpc2 is STALE: its state may be old/);
});

test('records that could not be read are counted', async context => {
	const screen = await renderText(context);
	await screen.receive(hello([profile('hpc2')]), {type: 'health', health: health('hpc2', {unreadable: 2})});
	assert.equal(screen.lines()[1], ' 1 hpc2 ok 0s 2 unreadable');
	assert.match(screen.text(), /hpc2: 2 of its records could not be read/);
});

test('the box names what will be sent, and y sends exactly that', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('j', 'c');
	assert.deepEqual(screen.lines().slice(6, 15), [
		'┌─ cancel this job? ───────────────────────────────────────────────────────────┐',
		'│ prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e                                       │',
		'│ RUNNING, as of 0s ago                                                        │',
		'│ ndvi-mosaic-2026-11                                                          │',
		'│                                                                              │',
		"│ ! DELETE also removes the job's outputs and logs.                            │",
		'│                                                                              │',
		'│ y  cancel the job   n/Esc/Enter  keep it                                     │',
		'└──────────────────────────────────────────────────────────────────────────────┘',
	]);
	// The list turns over underneath.
	await screen.receive({
		type: 'jobs',
		upserts: [job('hpc2/1', {createdAt: start})],
		removes: ['prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e'],
	});
	assert.match(screen.text(), /prod\/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e/);
	assert.match(screen.text(), /! no longer listed/);
	await screen.press('y');
	assert.deepEqual(
		screen.sent.flatMap(intention => (intention.type === 'cancel' ? intention.targets : [])),
		[
			{
				ref: 'prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e',
				name: 'ndvi-mosaic-2026-11',
				phase: 'running',
				status: 'RUNNING',
				submittedAt: minutes(44),
			},
		],
	);
	const refs = ['prod/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e'] as const;
	assert.match(screen.text(), /sending: prod\/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e/);
	await screen.receive({type: 'asked', kind: 'cancel', refs, taken: true});
	assert.match(screen.text(), /asked to cancel prod\/3f2a9a7c-11d4-4e0b-9b5c-4b3a9c81e/);
});

test('the menu of a job has every action, with the reason if one is not available', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('jj', 'x');
	assert.deepEqual(screen.lines().slice(3, 18), [
		'┌─ prod/91bd004a  ndvi-mosaic-2026-09 ─────────────────────────────────────────┐',
		'│ > Enter  inspect                                                             │',
		'│   l      logs              this system has no logs: Weaver                   │',
		'│   O      results           Weaver has no results                             │',
		'│   c      cancel            it has ended: failed                              │',
		'│   X      force             Weaver has no force-cancel                        │',
		'│   Z      suspend           Weaver has no way to suspend a job                │',
		'│   B      unsuspend         Weaver has no way to unsuspend a job              │',
		'│   d      dismiss                                                             │',
		'│   u      restore           it is not dismissed                               │',
		'│   #      delete on server  Weaver has no way to delete a job                 │',
		'│   y      copy id                                                             │',
		'│   o      open                                                                │',
		'│ Enter or its key runs it, Esc closes                                         │',
		'└──────────────────────────────────────────────────────────────────────────────┘',
	]);
});

test('the box before a deletion names what is lost, and only the end of the id confirms', async context => {
	const screen = await renderText(context);
	const doing = {...weaver.can, delete: true};
	await screen.receive(
		...everyday,
		hello([
			profile('hpc2'),
			{...weaver, can: doing, deleteConsequence: 'Its outputs and its logs are removed.'},
		]),
	);
	await screen.press('jj', 'x', '#', '004');
	assert.deepEqual(screen.lines().slice(6, 14), [
		'┌─ delete this job permanently? ───────────────────────────────────────────────┐',
		'│ prod/91bd004a                                                                │',
		'│ FAILED, as of 0s ago                                                         │',
		'│ ndvi-mosaic-2026-09                                                          │',
		'│ ! Its outputs and its logs are removed.                                      │',
		'│                                                                              │',
		'│ type 004a (the end of its id): 004_   Enter  delete the job   Esc  keep it   │',
		'└──────────────────────────────────────────────────────────────────────────────┘',
	]);
	await screen.press('\r');
	assert.match(screen.text(), /Enter: type 004a, the end of its id, first/);
	await screen.press('a', '\r');
	assert.deepEqual(screen.sent, [
		{
			type: 'delete',
			targets: [
				{
					ref: 'prod/91bd004a',
					name: 'ndvi-mosaic-2026-09',
					phase: 'failed',
					status: 'FAILED',
					submittedAt: minutes(50),
				},
			],
		},
	]);
	assert.match(screen.text(), /deleting prod\/91bd004a, after a look at it/);
	await screen.receive({type: 'asked', kind: 'delete', refs: ['prod/91bd004a'], taken: true});
	assert.doesNotMatch(screen.text(), /deleting prod/);
});

test('a deletion that does not fit into the box is read before anything is deleted', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	const long = job(`prod/${'0123456789'.repeat(20)}`, {phase: 'failed'});
	await screen.receive(hello([{...weaver, can: {...weaver.can, delete: true}}]), jobs(long));
	await screen.press('x', '#', '6789', '\r');
	assert.deepEqual(screen.sent, []);
	assert.match(screen.text(), /more lines: Down/);
	assert.match(screen.text(), /Enter: Down first/);
	for (let page = 0; page < 8; page++) await screen.press(down);
	await screen.press('\r');
	assert.deepEqual(
		screen.sent.map(({type}) => type),
		['delete'],
	);
});

test('a job that ends while its box is open says so there', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('c');
	await screen.receive(jobs(job('hpc2/918310', {phase: 'succeeded', createdAt: minutes(12)})));
	assert.match(screen.text(), /! it has ended in the meantime: succeeded\. Nothing to cancel/);
	await screen.press('y');
	assert.deepEqual(screen.sent, []);
});

test('a question that does not fit into the box is read before anything is sent', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	const long = job(`hpc2/${'0123456789'.repeat(20)}`);
	await screen.receive(hello([profile('hpc2')]), {type: 'health', health: health('hpc2')}, jobs(long));
	await screen.press('c', 'y');
	assert.deepEqual(screen.sent, []);
	assert.match(screen.text(), /! 1 more warning: Down/);
	assert.match(screen.text(), /y: Down first: 1 warning not shown yet/);
	await screen.press(down, 'y');
	assert.deepEqual(screen.sent, [], 'not all of it has been in view');
	await screen.press(down, down, 'y');
	assert.deepEqual(
		screen.sent.map(({type}) => type),
		['cancel'],
	);
});

test('keys that arrive together with the key that opens the box never answer it', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	for (const keys of ['cy', 'c\u001b[Ay', 'c\u007fy', 'c\u001bOPy', '\u001b[Bcy\u001b[Ay']) {
		await screen.press(keys);
		assert.deepEqual(screen.sent, [], JSON.stringify(keys));
		assert.match(screen.text(), /cancel this job\?/);
		await screen.press('n');
	}
	// A paste that the terminal did not mark as one, while the box is open.
	await screen.press('c', 'y\u001b[A');
	assert.deepEqual(screen.sent, []);
});

test('Ctrl-C works after any keys in the same event', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('c\u0003y');
	assert.doesNotMatch(screen.text(), /cancel this job\?/);
	assert.deepEqual([screen.sent, screen.quits], [[], []]);
	await screen.press('M\u0003\u0003');
	assert.deepEqual(screen.quits, ['insisted']);
});

test('a paste is never a key', async context => {
	const screen = await renderScreen(context);
	await screen.receive(...everyday);
	await screen.paste('cyq');
	assert.deepEqual([screen.sent, screen.quits], [[], []]);
	await screen.press('/');
	await screen.paste('ndvi');
	assert.match(screen.lines()[2] ?? '', /filter: ndvi_/);
	assert.match(screen.text(), /1-2 of 2 in view \(5 in all\)/);
	// Where it came in one go with keys, they come first.
	await screen.press('\u001b', '\u001b', '/\u001b[200~bob\u001b[201~');
	assert.match(screen.lines()[2] ?? '', /filter: bob_/);
});

test('the cursor keeps its job when rows appear and leave', async context => {
	const screen = await renderScreen(context);
	await screen.receive(...everyday);
	await screen.press('jj');
	assert.match(screen.cursorLine() ?? '', /91bd004a/);
	await screen.advance(4000);
	await screen.receive(jobs(job('hpc2/1', {createdAt: start}), job('hpc2/2', {createdAt: start})));
	assert.match(screen.cursorLine() ?? '', /^> ✗ FAILED +prod +91bd004a/);
	await screen.press('S');
	assert.match(screen.cursorLine() ?? '', /91bd004a/);
	await screen.receive({type: 'jobs', upserts: [], removes: ['prod/91bd004a']});
	await screen.press('c');
	assert.match(screen.text(), /the row under the cursor changed; look again/);
	assert.doesNotMatch(screen.text(), /cancel this job/);
});

test('thousands of rows: the window follows the cursor', async context => {
	const screen = await renderScreen(context);
	const many = Array.from({length: 5000}, (_, index) =>
		job(`hpc2/${index}`, {createdAt: start - index * 1000}),
	);
	await screen.receive(hello([profile('hpc2')]), {type: 'health', health: health('hpc2')}, jobs(...many));
	await screen.press('G');
	assert.match(screen.cursorLine() ?? '', /4999/);
	assert.match(screen.text(), /4985-5000 of 5000/);
	await screen.press('kkkk', 'g');
	assert.match(screen.cursorLine() ?? '', / 0 +name-0/);
});

test('from 100 columns on, the details are beside the table, otherwise in its place', async context => {
	for (const [columns, rows] of [
		[120, 36],
		[80, 24],
	] as const) {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(...everyday, {
			type: 'cancellations',
			reports: [
				report('hpc2/918310', {
					acceptedAt: start,
					moments: [
						{at: start, step: 'asked'},
						{at: start + 300, step: 'sent', detail: 'scancel 918310'},
						{at: start + 600, step: 'accepted'},
					],
				}),
			],
		});
		await screen.press('\r');
		assert.deepEqual(screen.sent, [{type: 'inspect', ref: 'hpc2/918310'}]);
		const own = job('hpc2/918310', {name: 'post_stats', phase: 'queued', createdAt: minutes(12)});
		await screen.receive({
			type: 'detail',
			ref: 'hpc2/918310',
			at: start,
			detail: {
				job: own,
				fields: [['account', 'phy-204']],
				timeline: [{at: minutes(12), what: 'submitted'}],
				raw: Array.from({length: 100}, (_, line) => `line ${line}`).join('\n'),
			},
		});
		assert.match(screen.text(), /\[Summary\] {2}Timeline {3}Logs {3}Results {3}Raw/);
		assert.match(screen.text(), /account +phy-204/);
		assert.equal(screen.text().includes('cfd_mesh'), columns >= 100);
		await screen.press(']');
		assert.match(screen.text(), /sent +scancel 918310/);
		assert.match(screen.text(), /11:48:00 +submitted/);
		await screen.press('\t', '\t', '\t');
		assert.match(screen.text(), /line 0\b/);
		await screen.press('\u0004');
		assert.doesNotMatch(screen.text(), /line 0\b/);
		await screen.press('j');
		assert.match(screen.text(), /─ prod\/3f2a9a7c/);
		await screen.press('\u001b');
		assert.match(screen.text(), /cfd_mesh/);
		assert.deepEqual(screen.sent.at(-1), {type: 'inspect'});
	}
});

test('J opens the raw record from the table, and from open details', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('J');
	assert.match(screen.text(), /\[Raw\]/);
	assert.equal(screen.sent.at(-1)?.type, 'inspect');
	await screen.press('[', '[', 'J');
	assert.match(screen.text(), /\[Raw\]/);
});

test('the cancellations, those that need you first', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday, {
		type: 'cancellations',
		reports: [
			report('prod/91bd004a', {
				name: 'ndvi-mosaic-2026-09',
				step: 'settled',
				outcome: {kind: 'cancelled'},
				acceptedAt: start + 800,
				settledAt: start + 9200,
			}),
			report('hpc2/918273_14', {name: 'cfd_mesh[14]', acceptedAt: start + 600}),
			report('hpc2/918310', {
				name: 'post_stats',
				step: 'settled',
				outcome: {kind: 'denied', detail: '403 not the owner'},
				settledAt: start + 400,
				moments: [
					{at: start, step: 'asked'},
					{at: start + 400, step: 'settled', detail: '403 not the owner'},
				],
			}),
		],
	});
	await screen.press('C');
	assert.deepEqual(screen.lines().slice(2, 18), [
		'─ batch 1 · 3 jobs · asked 12:00:00 ─────── saved in the journal: you can quit ─',
		' [██████░░░░] 2 of 3 finished  0s  1 denied  1 asked, stopping  1 cancelled',
		'─ 3 cancellations, 1 needs you ─────────────────────────────── needs you first ─',
		'  OUTCOME              JOB            NAME                     ACCEPTED  SETTLED',
		'> ! denied             hpc2/918310    post_stats                      -     0.4s',
		'  ◐ asked, stopping    hpc2/918273_14 cfd_mesh[14]                 0.6s        -',
		'  ✓ cancelled          prod/91bd004a  ndvi-mosaic-2026-09          0.8s     9.2s',
		...Array.from({length: 5}, () => ''),
		'─ hpc2/918310 ──────────────────────────────────────────────────────────────────',
		' this credential is not allowed to cancel 918310: 403 not the owner.',
		' 12:00:00  asked',
		' 12:00:00  settled    403 not the owner',
	]);
	await screen.press('f');
	assert.match(
		screen.text(),
		/> all 3 cancellations {2}\(now\).* 2 unfinished.* 1 needs you.* 1 in progress.* 1 denied.* 1 cancelled/s,
	);
	await screen.press('j', '\r');
	assert.match(screen.text(), /─ 2 of 3 cancellations: unfinished, 1 needs you ─+ Esc lists all ─/);
	assert.match(screen.text(), /post_stats/);
	assert.doesNotMatch(screen.text(), /91bd004a/);
	await screen.press('f', 'j', 'j', 'j', 'j', '\r');
	assert.match(screen.text(), /─ 1 of 3 cancellations: cancelled ─+ Esc lists all ─/);
	assert.match(screen.text(), /91bd004a/);
	assert.doesNotMatch(screen.text(), /post_stats/);
	await screen.press('\u001b');
	assert.match(screen.text(), /─ 3 cancellations, 1 needs you ─+ needs you first ─/);
	// What the header names is in view, whatever was listed before.
	await screen.press('f', 'j', 'j', 'j', 'j', 'j', '\r', 'q', 'C');
	assert.match(screen.text(), /─ 3 cancellations, 1 needs you ─/);
	await screen.press('\r');
	assert.match(screen.text(), /\[Timeline\]/);
	await screen.press('\u001b', '\u001b');
	assert.match(screen.text(), /STATE +PROFILE/);
});

test('a batch on a large screen, with its profiles, its details and earlier batches', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 36});
	const over = {step: 'settled', outcome: {kind: 'cancelled'}, acceptedAt: start + 800} as const;
	await screen.receive(
		...everyday,
		{
			type: 'batch',
			batch: {
				number: 7,
				operation: 'cancel',
				askedAt: start,
				by: 'alice@login3',
				reason: 'bad mesh',
				refs: ['prod/91bd004a', 'prod/91bd004b', 'hpc2/918273_14', 'hpc2/918310'],
			},
		},
		{
			type: 'cancellations',
			reports: [
				report('prod/91bd004a', {batch: 7, ...over, settledAt: start + 9800}),
				report('prod/91bd004b', {batch: 7, ...over, settledAt: start + 14_800}),
				report('hpc2/918273_14', {
					batch: 7,
					acceptedAt: start + 600,
					seen: {phase: 'stopping', status: 'COMPLETING', at: start},
				}),
				report('hpc2/918310', {
					batch: 7,
					step: 'parked',
					why: '401 token expired',
				}),
			],
		},
		{
			type: 'earlier',
			batches: [
				{
					number: 6,
					askedAt: start - 3_600_000,
					endedAt: start - 3_588_000,
					by: 'alice@login3',
					jobs: 2,
					counts: {cancelled: 2},
				},
			],
		},
	);
	await screen.press('C');
	const lines = screen.lines();
	const at = (pattern: RegExp) => lines.findIndex(line => pattern.test(line));
	assert.match(
		lines[2] ?? '',
		/^─ batch 7 · 4 jobs · asked 12:00:00 by alice@login3 · "bad mesh" ─+ saved in the journal: you can quit ─$/,
	);
	assert.match(lines[3] ?? '', /2 of 4 finished .* 1 parked {2}1 asked, stopping {2}2 cancelled$/);
	assert.deepEqual(lines.slice(4, 8), [
		'─ by profile ───────────────────────────────────────────────────────────────────────────────────────────────────────────',
		' PROFILE            JOBS  FINISHED                       P50     P95  NOTE',
		' hpc2                  2  [░░░░░░░░░░░░░░░░] 0             -       -  1 parked, 401 token expired',
		' prod                  2  [████████████████] 2          9.0s   14.0s',
	]);
	assert.match(lines[at(/hpc2\/918273_14/)] ?? '', /seen COMPLETING 0s ago$/);
	assert.match(lines[at(/! parked/)] ?? '', /401 token expired$/);
	assert.match(
		lines[at(/─ earlier ─/) + 1] ?? '',
		/^ batch 6 {2}11:00:00 {2}2 jobs {2}2 cancelled {2}in 12s$/,
	);
	for (const line of lines) assert.ok(line.length <= 120);
});

test('the menus choose the order and the scope', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('s');
	assert.match(screen.text(), /> age {2}\(now\)/);
	await screen.press('kkkkkkkkk', '\r');
	assert.match(screen.lines()[3] ?? '', /STATE↓/);
	await screen.press('f', 'j', '\r');
	assert.deepEqual(screen.sent.at(-1), {type: 'scope', scope: {everyone: false, ended: true}});
});

test('the help holds every key and scrolls', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('?');
	assert.match(screen.text(), / The table: the keys to begin with\n {3}Enter +Show the details/);
	assert.match(screen.text(), /─ 1-16 of \d+ ─/);
	await screen.press('G');
	assert.match(screen.text(), /Ctrl-z/);
	assert.match(screen.text(), /─ \d+-(\d+) of \1 ─/);
	await screen.press('g');
	assert.match(screen.text(), / The table: the keys to begin with/);
	await screen.press('q');
	assert.match(screen.text(), /post_stats/);
	assert.deepEqual(screen.quits, []);
});

test('a key without a meaning says so', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	await screen.press('Q');
	assert.equal(screen.lines().at(-1), ' Q does nothing here; ? shows the keys');
	await screen.press('c', 'Q');
	assert.match(screen.lines().at(-1) ?? '', /^ Q does nothing here$/);
	assert.equal(screen.store.getState().screen.overlay?.kind, 'box');
});

test('a hostile name neither controls the terminal nor moves a column', async context => {
	const screen = await renderScreen(context);
	const names = ['名前の長いジョブです', 'e\u0301'.repeat(40), '👍🏽👨‍👩‍👧‍👦', 'हिन्दी', 'plain'];
	await screen.receive(
		hello([profile('hpc2')]),
		{type: 'health', health: health('hpc2')},
		jobs(...names.map((name, index) => job(`hpc2/${index}`, {name, createdAt: start - index * 1000}))),
	);
	// The terminal counts cells, not characters: the age ends at the same cell in each row.
	const ends = Array.from({length: names.length}, (_, index) => screen.cellsBefore(4 + index, /\d+s/));
	assert.equal(new Set(ends).size, 1, String(ends));
});

test('a quiet poll writes nothing, and a clock only what changed', async context => {
	const screen = await renderScreen(context);
	await screen.receive(...everyday);
	const before = screen.bytes();
	await screen.receive(
		{type: 'health', health: health('hpc2', {asking: true})},
		{type: 'health', health: health('hpc2', {nextAt: start + 5000})},
	);
	await screen.receive({type: 'jobs', upserts: [], removes: []});
	assert.equal(screen.bytes() - before, 0);
	await screen.advance(1000);
	const tick = screen.bytes() - before;
	assert.ok(tick > 0 && tick < 150, `${tick} bytes for a second`);
});

test('a moved cursor costs few bytes', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 36});
	await screen.receive(...everyday);
	const before = screen.bytes();
	await screen.press('j');
	assert.ok(screen.bytes() - before < 500, `${screen.bytes() - before} bytes`);
});

test('lasting problems come before events, and nothing pushes an error out', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 36});
	await screen.receive(...everyday);
	await screen.receive({
		type: 'notice',
		notice: {at: start, tone: 'info', text: 'answers again', profile: 'prod'},
	});
	const lines = screen.lines();
	assert.match(lines[32] ?? '', /^ tapis: renew the credential/);
	assert.match(lines[33] ?? '', /12:00:00 {2}prod: answers again/);
});

test('the result of a deletion comes first, even if its profile fails', async context => {
	const screen = await renderText(context);
	await screen.receive(...everyday);
	const text = 'unknown: tapis/a may have been deleted: the connection broke';
	const event = () => screen.lines().find(line => line.includes('may have been deleted'));
	await screen.receive({type: 'notice', notice: {at: start, tone: 'error', text}});
	assert.equal(event(), ` 12:00:00  ${text}`);
	const lines = () => screen.lines().map(line => line.trim());
	const place = (words: string) => lines().findIndex(line => line.includes(words));
	assert.ok(place('may have been deleted') < place('tapis: renew'));
	await screen.advance(20_000);
	assert.equal(event(), undefined);
	assert.ok(place('tapis: renew') > 0);
});

test('Ctrl-l redraws the same screen', async context => {
	const screen = await renderScreen(context);
	await screen.receive(...everyday);
	const before = screen.lines();
	const bytes = screen.bytes();
	await screen.press('\u000c');
	await screen.settle();
	assert.deepEqual(screen.lines(), before);
	assert.ok(screen.bytes() - bytes > 1000);
	await screen.press('j');
	assert.match(screen.cursorLine() ?? '', /3f2a9a7/);
});

test('batches that were not resumed are in the pane, in full, before anything was cancelled', async context => {
	const screen = await renderScreen(context);
	const how = 'jobtop batches resume 3';
	const damaged = `batch 3 needs your decision: the line that names its jobs is damaged: jobs may be missing here: ${how}`;
	const elsewhere = 'batch 4 belongs to another system: profile slurm: it led to slurm, cluster east';
	await screen.receive(...everyday, {
		type: 'waiting',
		batches: [
			{number: 3, needsYou: true, text: damaged},
			{number: 4, needsYou: false, text: elsewhere},
		],
	});
	assert.match(screen.lines()[0] ?? '', /1 needs you/);
	await screen.press('C');
	const text = screen.text().replace(/\s+/g, ' ');
	assert.ok(text.includes(damaged), text);
	assert.ok(text.includes(elsewhere), text);
	await screen.resize(40, 12);
	assert.match(screen.text().replace(/\s+/g, ' '), /batch 3 needs your decision/);
});
