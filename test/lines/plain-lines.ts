/*
Lines instead of a screen, in this process: what is told, what can be typed, and what a line can never do.
*/
import assert from 'node:assert/strict';
import {PassThrough} from 'node:stream';
import {type TestContext, test} from 'node:test';
import type {Intention, Patch} from '../../source/engine/protocol.ts';
import {startLines} from '../../source/lines/start-lines.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const openLines = (context: TestContext, {ascii = true}: {ascii?: boolean} = {}) => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const quits: string[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	const input = new PassThrough();
	let told = '';
	const lines = startLines({
		store,
		clock,
		ascii,
		input,
		write: text => {
			told += text;
		},
		quit: how => quits.push(how),
	});
	context.after(lines.stop);
	const fresh = () => {
		const text = told;
		told = '';
		return text;
	};
	fresh();
	return {
		sent,
		quits,
		store,
		fresh,
		advance,
		receive: (...patches: readonly Patch[]) => {
			store.receive(patches);
			return fresh();
		},
		/** Types this in one go, and gives what is told once it is quiet. */
		async type(text: string) {
			input.write(text);
			await advance(0);
			await advance(200);
			return fresh();
		},
		async end() {
			input.end();
			await advance(0);
			await advance(0);
		},
	};
};

const oneProfile = (changes: Parameters<typeof profile>[1] = {}): Patch => hello([profile('w', changes)]);

const withJobs = (context: TestContext, changes: Parameters<typeof profile>[1] = {}) => {
	const lines = openLines(context);
	const list = lines.receive(oneProfile(changes), jobs(job('w/1'), job('w/2', {phase: 'queued'})), {
		type: 'health',
		health: health('w'),
	});
	return {...lines, list};
};

test('the list is printed once it is loaded, with a line for each job', context => {
	const {list} = withJobs(context);
	assert.equal(
		list,
		'2 jobs: my active jobs\nw/1: RUNNING, name-1, 1m00s old\nw/2: QUEUED, name-2, 1m00s old\ntimes are UTC\n',
	);
});

test('a slow profile delays the list only for a moment, and its jobs follow later', async context => {
	const lines = openLines(context);
	assert.equal(
		lines.receive(
			hello([profile('w'), profile('slow')]),
			{type: 'health', health: health('slow', {state: 'loading'})},
			jobs(job('w/1')),
			{type: 'health', health: health('w')},
		),
		'',
	);
	await lines.advance(6000);
	assert.match(lines.fresh(), /^1 job: .*\nw\/1: .*\nslow: its jobs are not loaded yet\ntimes are UTC\n$/);
	assert.equal(lines.receive(jobs(job('slow/7'))), '');
	const late = lines.receive({type: 'health', health: health('slow', {lastGoodAt: start + 6000})});
	assert.match(late, /^slow answers: 1 job\nslow\/7: RUNNING, /);
	assert.doesNotMatch(late, /new:/);
});

test('each change is a line with its time, and unchanged jobs have none', context => {
	const lines = withJobs(context);
	const told = lines.receive(
		jobs(job('w/1', {phase: 'succeeded'}), job('w/2', {phase: 'queued', progress: {percent: 3}})),
	);
	assert.equal(told, '12:00:00 w/1 is SUCCEEDED, was RUNNING: name-1\n');
	assert.match(lines.receive(jobs(job('w/3'))), /^12:00:00 new: w\/3: RUNNING, name-3, /);
	assert.equal(
		lines.receive({type: 'jobs', upserts: [], removes: ['w/2']}),
		'12:00:00 w/2 is no longer listed\n',
	);
});

test('many changes at once are counted', context => {
	const lines = withJobs(context);
	const many = Array.from({length: 50}, (_, index) => job(`w/m${index}`));
	assert.equal(lines.receive(jobs(...many)), '12:00:00 50 jobs changed: 50 new; list shows them\n');
	const ended = many.map(
		(each, index) => ({...each, phase: index < 2 ? 'failed' : 'succeeded', terminal: true}) as const,
	);
	assert.match(lines.receive(jobs(...ended)), /50 jobs changed: 2 FAILED.*, 48 SUCCEEDED/);
});

test('a cancellation is reported from its acceptance to its end, and called cancelled only on evidence', context => {
	const lines = withJobs(context);
	const batch = {
		type: 'batch',
		batch: {number: 1, askedAt: start, by: 'alice', targets: []},
	} as unknown as Patch;
	assert.equal(
		lines.receive(batch, {type: 'cancellations', reports: [report('w/1', {step: 'sending'})]}),
		'',
	);
	const accepted = lines.receive({type: 'cancellations', reports: [report('w/1', {acceptedAt: start})]});
	assert.match(accepted, /^12:00:00 w\/1: asked, stopping; the request for 1 was answered/);
	assert.doesNotMatch(accepted, /cancelled/);
	const over = lines.receive({
		type: 'cancellations',
		reports: [report('w/1', {step: 'settled', acceptedAt: start, outcome: {kind: 'cancelled'}})],
	});
	assert.match(over, /w\/1: cancelled; /);
	assert.match(over, /finished: batch 1, 1 job: 1 cancelled/);
});

test('problems and their end are reported, and nothing from the list twice', context => {
	const lines = openLines(context);
	const failure = {kind: 'unreachable', detail: 'nobody answers'} as const;
	const list = lines.receive(
		oneProfile(),
		{type: 'health', health: health('w', {state: 'unreachable', failure, failures: 1})},
		{type: 'notice', notice: {at: start, tone: 'error', text: 'nobody answers', profile: 'w'}},
	);
	assert.equal(list.match(/nobody answers/g)?.length, 1);
	assert.equal(
		lines.receive({
			type: 'notice',
			notice: {at: start, tone: 'info', text: 'answers again', profile: 'w'},
		}),
		'12:00:00 w: answers again\n',
	);
});

test('without a journal, no question opens: the reason and the advice come at once', async context => {
	const lines = withJobs(context);
	const journals = 'journals cannot be written: EROFS; set JOBTOP_STATE_DIR to use another folder';
	lines.receive({type: 'file-troubles', troubles: {journals}});
	assert.equal(await lines.type('cancel w/1\n'), `w/1: ${journals}\n`);
	assert.equal(lines.store.getState().screen.overlay, undefined);
	assert.deepEqual(lines.sent, []);
});

test('only the named job is cancelled, by its ref and a yes', async context => {
	const lines = withJobs(context);
	const question = await lines.type('cancel w/1\n');
	assert.match(question, /^cancel this job\?\nw\/1\nRUNNING, as of 0s ago\nname-1\n! Slurm sends TERM/);
	assert.match(question, /\ntype yes to cancel it; anything else keeps it\n$/);
	assert.deepEqual(lines.sent, []);
	assert.match(await lines.type('yes\n'), /^sending: w\/1; /);
	assert.deepEqual(lines.sent, [
		{
			type: 'cancel',
			targets: [
				{ref: 'w/1', name: 'name-1', phase: 'running', status: 'RUNNING', submittedAt: start - 60_000},
			],
		},
	]);
});

test('a line leaves out the jobs of other people, and the question is asked again', async context => {
	const lines = withJobs(context);
	lines.receive(jobs(job('w/9', {mine: false, owner: 'bob'})));
	const question = await lines.type('cancel w/1 w/9\n');
	assert.match(question, /\n! 1 of them not yours: bob\n/);
	assert.match(
		question,
		/\ntype 2, and then yes to cancel them; only mine leaves out those of other people; /,
	);
	const again = await lines.type('only mine\nyes\n');
	assert.match(again, /^1 more arrived with that line and was ignored\ncancel this job\?\nw\/1\n/);
	assert.match(again, /\n1 left out: it is not yours\n/);
	assert.match(again, /\ntype 1, and then yes to cancel it; anything else keeps it\n$/);
	assert.equal(lines.sent.length, 0);
	await lines.type('1\n');
	assert.match(await lines.type('yes\n'), /^sending: w\/1; /);
	const [sent] = lines.sent;
	assert.deepEqual(sent?.type === 'cancel' && sent.targets.map(({ref}) => ref), ['w/1']);
});

for (const no of ['', 'y', 'no', 'n', 'cancel w/2', 'yes please']) {
	test(`"${no}" keeps the job`, async context => {
		const lines = withJobs(context);
		await lines.type('cancel 1\n');
		assert.equal(await lines.type(`${no}\n`), 'not cancelled; nothing sent\n');
		assert.equal(
			await lines.type('yes\n'),
			'there is no yes; there are list, show, cancel, suspend, unsuspend, recall, batches, refresh, help, quit\n',
		);
		assert.deepEqual(lines.sent, []);
	});
}

test('a line that arrives with the command is not an answer', async context => {
	const lines = withJobs(context);
	const told = await lines.type('cancel w/1\nyes\n');
	assert.match(told, /^1 more arrived with that line and was ignored\ncancel this job\?/);
	assert.deepEqual(lines.sent, []);
	await lines.type('\n');
	await lines.type('cancel w/1\n');
	await lines.type('ye');
	assert.match(await lines.type('s\n'), /^sending: w\/1/);
});

test('a protected profile requires its name; many jobs or several profiles require the number', async context => {
	const guarded = withJobs(context, {protect: true});
	assert.match(await guarded.type('cancel w/1\n'), /type w, and then yes to cancel it/);
	assert.match(await guarded.type('yes\n'), /^nothing was sent: type w, and then yes/);
	assert.match(await guarded.type('w\n'), /^type yes to cancel/);
	assert.match(await guarded.type('yes\n'), /^sending: w\/1/);

	const lines = openLines(context);
	const refs = Array.from({length: 12}, (_, index) => `w/${index}` as const);
	lines.receive(oneProfile(), jobs(...refs.map(ref => job(ref))), {type: 'health', health: health('w')});
	const question = await lines.type(`cancel ${refs.join(' ')}\n`);
	for (const ref of refs) assert.ok(question.includes(`${ref}: RUNNING, `), ref);
	assert.match(question, /type 12, and then yes to cancel them/);
	assert.equal(await lines.type('11\n'), 'not cancelled; nothing sent\n');
	await lines.type(`cancel ${refs.join(' ')}\n`);
	await lines.type('12\n');
	await lines.type('yes\n');
	assert.equal(lines.sent.length, 1);
});

test('a question about a job that ended meanwhile sends nothing', async context => {
	const lines = withJobs(context);
	await lines.type('cancel w/1\n');
	lines.receive(jobs(job('w/1', {phase: 'failed'})));
	assert.match(await lines.type('yes\n'), /^nothing was sent: it has ended in the meantime/);
	assert.deepEqual(lines.sent, []);
});

test('if a word names no job, or more than one, nothing of its line is sent', async context => {
	const lines = openLines(context);
	lines.receive(
		hello([profile('w'), profile('v')]),
		jobs(job('w/1'), job('v/1'), job('w/2')),
		...['w', 'v'].map((name): Patch => ({type: 'health', health: health(name)})),
	);
	assert.equal(
		await lines.type('cancel w/2 w/9\n'),
		'there is no job w/9; list shows all\nnothing was sent\n',
	);
	assert.match(
		await lines.type('cancel 1\n'),
		/^1 could be (w\/1 or v\/1|v\/1 or w\/1): write its profile too\n/,
	);
	assert.deepEqual(lines.sent, []);
});

test('a job that cannot be cancelled is refused for the same reason as its key', async context => {
	const lines = openLines(context);
	lines.receive(hello([profile('w')], {readOnly: true}), jobs(job('w/1')), {
		type: 'health',
		health: health('w'),
	});
	assert.equal(await lines.type('cancel w/1\n'), 'w/1: jobtop is read-only\n');
});

test('an id with spaces is one id', async context => {
	const lines = openLines(context);
	lines.receive(oneProfile(), jobs(job('w/a b'), job('w/a')), {type: 'health', health: health('w')});
	assert.match(await lines.type('cancel w/a b\n'), /^cancel this job\?\nw\/a b\n/);
});

test('show prints the job once its details arrive, and then ends', async context => {
	const lines = withJobs(context);
	assert.equal(await lines.type('show w/1\n'), '');
	assert.deepEqual(lines.sent, [{type: 'inspect', ref: 'w/1'}]);
	const detail = {job: job('w/1'), fields: [['nodes', 'n[1-4]']], timeline: []} as never;
	const told = lines.receive({type: 'detail', ref: 'w/1', at: start + 1000, detail});
	assert.match(told, /^w\/1\n {2}name +name-1\n {2}state +RUNNING\n[\s\S]* {2}nodes +n\[1-4\]\n$/);
	assert.deepEqual(lines.sent.at(-1), {type: 'inspect'});
	await lines.advance(2000);
	lines.fresh();
	assert.equal(await lines.type('show w/1\n'), '', 'what was told before is not told as new');
});

test('a query narrows the list, and a mistake in it is shown', async context => {
	const lines = withJobs(context);
	assert.match(await lines.type('list state:queued\n'), /^1 job: state:queued\nw\/2: /);
	assert.match(await lines.type('list stat:queued\n'), /^stat:queued: /);
});

test('no name controls a terminal, and in ASCII every character is ASCII', context => {
	const lines = openLines(context);
	lines.receive(oneProfile(), {type: 'health', health: health('w')});
	const told = lines.receive(jobs(job('w/1', {name: '\u001b]0;x\u0007\u001b[2J\u202e名\u0301前\r\n|'})));
	assert.match(told, /^[ -~]+\n$/);
});

test('the end of input quits, and so does quit', async context => {
	const lines = withJobs(context);
	await lines.type('quit\n');
	assert.deepEqual(lines.quits, ['asked']);
	await lines.end();
	assert.deepEqual(lines.quits, ['asked', 'asked']);
});

test('the cancellations with one outcome are listed alone', async context => {
	const lines = withJobs(context);
	const denied = {kind: 'denied', detail: 'not the owner'} as const;
	lines.receive({
		type: 'cancellations',
		reports: [report('w/1', {step: 'settled', outcome: denied}), report('w/2', {batch: 2})],
	});
	assert.equal(
		await lines.type('batches denied\n'),
		'1 of 2 cancellations: denied\n  w/1: this credential is not allowed to cancel 1: not the owner\n',
	);
	assert.match(await lines.type('batches in progress\n'), /^1 of 2 cancellations: in progress\n {2}w\/2: /);
	assert.equal(
		await lines.type('batches lost\n'),
		'no cancellation is lost; there are: unfinished, needs you, in progress, denied\n',
	);
});

test('batches are listed with every cancellation, and a staged one is recalled', async context => {
	const lines = withJobs(context);
	assert.equal(await lines.type('batches\n'), 'nothing was cancelled yet\n');
	await lines.receive({type: 'waiting', batches: [{number: 3, needsYou: true, text: 'batch 3 waits'}]});
	assert.equal(await lines.type('batches\n'), 'batch 3 waits\n');
	lines.receive({type: 'waiting', batches: []});
	assert.equal(await lines.type('recall\n'), 'there is nothing to recall\n');
	lines.receive({
		type: 'cancellations',
		reports: [report('w/1', {step: 'staged'}), report('w/2', {step: 'staged'})],
	});
	assert.match(
		await lines.type('batches\n'),
		/^batch 1: 2 jobs, 2 in progress\n {2}w\/1: 1 will be cancelled/,
	);
	await lines.type('recall\n');
	assert.deepEqual(lines.sent.at(-1), {type: 'recall', batch: 1});
});
