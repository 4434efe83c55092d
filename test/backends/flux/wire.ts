/*
Records and answers of Flux 0.88, as they were recorded.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {failureOfFlux, readCancel, readUnknown} from '../../../source/backends/flux/answers.ts';
import {parseEvents} from '../../../source/backends/flux/events.ts';
import {readId} from '../../../source/backends/flux/ids.ts';
import {readAnswer} from '../../../source/backends/flux/record.ts';
import {firstHost} from '../../../source/backends/flux/system.ts';
import {toJob, type Viewer} from '../../../source/backends/flux/wire.ts';
import type {Job} from '../../../source/job/job.ts';
import {fc} from '../../helpers/fast-check.ts';

const viewer: Viewer = {profile: 'fluke', isMine: userid => userid === 1001};
const recorded = (name: 'live' | 'ended' | 'one'): readonly Job[] => {
	const url = new URL(`../../fixtures/flux-0.88/${name}.json`, import.meta.url);
	return (readAnswer(readFileSync(url, 'utf8')) ?? assert.fail()).map(
		record => toJob(record, viewer) ?? assert.fail(),
	);
};
const job = (name: 'live' | 'ended', id: string): Job =>
	recorded(name).find(each => each.id === id) ?? assert.fail(id);
const read = (record: object): Job =>
	toJob({jobid: 'ƒ2Tv1sAX', status: 'RUN', userid: 1001, ...record}, viewer) ?? assert.fail();

describe('an id', () => {
	test('has one form of three, whatever the number', () => {
		assert.equal(readId('ƒ2Tv1sAX'), 'f2Tv1sAX');
		assert.equal(readId('f2Tv1sAX'), 'f2Tv1sAX');
		assert.equal(readId('55733911552'), 'f2Tv1sAX');
		assert.equal(readId('999'), 'fJE');
		fc.assert(
			fc.property(fc.bigInt({min: 0n, max: 2n ** 63n - 1n}), number => {
				const id = readId(String(number)) ?? assert.fail();
				assert.match(id, /^f[1-9A-HJ-NP-Za-km-z]{1,11}$/);
				assert.equal(readId(id), id);
				assert.equal(readId(`ƒ${id.slice(1)}`), id);
			}),
		);
	});

	test('is no other text: no zero in front, no number beyond 63 bits, no other form of Flux', () => {
		const others = ['f', 'f0', 'f1JE', '0999', '-1', '1e3', '0xcfa000000', 'job.0000.000c.fa00.0000'];
		const more = ['today-status-tribune--aladdin-academy-academy', '9223372036854775808', 'fzzzzzzzzzzz'];
		for (const text of [...others, ...more, ' f2Tv1sAX', 'f2Tv1sAX\n', 'F2Tv1sAX', '🎢🔮🕚💞'])
			assert.equal(readId(text), undefined, text);
	});
});

describe('a recorded list', () => {
	test('has every job in its state, with why it waits', () => {
		assert.equal(recorded('live').length, 14);
		const running = job('live', 'f2bGzJKq');
		assert.deepEqual(
			[running.name, running.phase, running.status, running.mine, running.owner, running.limitMs],
			['模擬-α β 🚀', 'running', 'RUN', true, 'jtalice', 7_200_000],
		);
		assert.deepEqual(
			[running.createdAt, running.startedAt, running.endedAt],
			[1_795_853_999_780, 1_795_853_999_813, undefined],
		);
		assert.deepEqual(running.labels, {node: 'vm'});
		const held = job('live', 'f39Xxfy1');
		assert.deepEqual([held.phase, held.status], ['held', 'SCHED, urgency 0']);
		const dependent = job('live', 'f3GPHMVR');
		assert.deepEqual([dependent.phase, dependent.reason], ['queued', 'depends:after-success=ƒ2Tv1sAX']);
		assert.deepEqual(job('live', 'f3WPiZvP').labels, {account: 'bank1', project: 'proj1'});
	});

	test('of one job that was asked for alone is a record without a list', () => {
		assert.deepEqual(
			recorded('one').map(({id}) => id),
			['f2bGzJKq'],
		);
	});

	test('has every end, and what caused it', () => {
		const ends = Object.fromEntries(
			recorded('ended').map(({id, phase, endedBy, reason}) => [id, [phase, endedBy?.kind, reason]]),
		);
		assert.deepEqual(ends.f2bGzJKq, ['cancelled', 'cancelled', undefined]);
		assert.deepEqual(ends.f3WPiZvP, ['cancelled', 'cancelled', 'reason: größer']);
		assert.deepEqual(ends.fFmRg7xT, ['failed', 'time-limit', 'resource allocation expired']);
		assert.deepEqual(ends.f3GPHMVR?.slice(0, 2), ['failed', 'dependency']);
		assert.deepEqual(ends.fEvdVkzB, ['succeeded', undefined, undefined]);
		assert.match(ends.fFdZ3wAF?.[2] ?? '', /^unsatisfiable request: need 100/);
		assert.match(ends.fFWNTQyM?.[2] ?? '', /No such file or directory$/);
		assert.deepEqual(job('ended', 'fFNej9sD').endedBy, {kind: 'signal', signal: 9});
		assert.deepEqual(job('ended', 'fFF7NojV').endedBy, {kind: 'exit', code: 3});
		for (const id of ['f3bZC4r3', 'f39Xxfy1'])
			assert.deepEqual([job('ended', id).startedAt, job('ended', id).terminal], [undefined, true]);
	});
});

describe('a record', () => {
	test('keeps its id where its number is too large for JavaScript', () => {
		const far = readId('9007199254740993') ?? assert.fail();
		assert.equal(read({jobid: `ƒ${far.slice(1)}`, id: 9_007_199_254_740_992}).id, far);
		assert.equal(read({jobid: undefined, id: 999}).id, 'fJE');
		assert.equal(toJob({id: 2 ** 53 + 2, status: 'RUN'}, viewer), undefined);
		assert.equal(toJob({jobid: '7-9', status: 'RUN'}, viewer), undefined);
	});

	test('of an instance warns of the jobs inside it while it lives', () => {
		const annotations = {user: {uri: 'ssh://vm/tmp/flux-x/local-0'}};
		assert.match(read({annotations}).caution ?? '', /the jobs inside it end with it/);
		assert.equal(read({annotations, status: 'COMPLETED'}).caution, undefined);
	});

	test('says what a waiting job waits for, where the scheduler says it', () => {
		const reasonOf = (sched: object) => read({status: 'SCHED', annotations: {sched}}).reason;
		assert.equal(reasonOf({reason_pending: 'resources in use', jobs_ahead: 4}), 'resources in use');
		assert.equal(reasonOf({jobs_ahead: 4}), '4 jobs ahead');
		assert.equal(reasonOf({jobs_ahead: 1}), '1 job ahead');
		assert.equal(read({status: 'RUN', annotations: {sched: {jobs_ahead: 1}}}).reason, undefined);
	});

	test('with times and a limit that no clock holds has none', () => {
		const odd = read({t_submit: 1e300, t_run: -1, duration: 1e308});
		assert.deepEqual([odd.createdAt, odd.startedAt, odd.limitMs], [undefined, undefined, undefined]);
		assert.deepEqual(parseEvents('{"timestamp":1e300,"name":"submit"}'), []);
	});

	test('of a lost node, or of any other code, says so', () => {
		const end = (fields: object) => read({status: 'FAILED', result: 'FAILED', ...fields}).endedBy;
		assert.deepEqual(end({exception: {occurred: true, type: 'node-failure', note: 'x'}}), {kind: 'node'});
		assert.deepEqual(end({returncode: 255}), {kind: 'exit', code: 255});
		assert.deepEqual(end({returncode: -15}), {kind: 'signal', signal: 15});
		assert.equal(end({returncode: -128}), undefined);
		assert.equal(end({}), undefined);
	});
});

describe('what flux says', () => {
	const cancelled = (stderr: string, code: number, ids: readonly string[]) =>
		Object.fromEntries(
			[...readCancel({stdout: '', stderr, end: {code}}, ids)].map(([id, {kind}]) => [id, kind]),
		);

	test('of a cancellation names only the jobs that it could not cancel, in its own form', () => {
		assert.deepEqual(cancelled('', 0, ['f2bGzJKq']), {f2bGzJKq: 'accepted'});
		const mixed = 'flux-cancel: ERROR: ƒ2bGzJKq: job is inactive\nflux-cancel: ERROR: ƒJE: unknown job id\n';
		assert.deepEqual(cancelled(mixed, 1, ['f2bGzJKq', 'fJE', 'f39Xxfy1']), {
			f2bGzJKq: 'too-late',
			fJE: 'not-found',
			f39Xxfy1: 'accepted',
		});
		const foreign = 'flux-cancel: ERROR: f2Tv1sAX: guests can only raise exceptions on their own jobs\n';
		assert.deepEqual(cancelled(foreign, 1, ['f2Tv1sAX']), {f2Tv1sAX: 'forbidden'});
	});

	test('about anything beside single jobs leaves the others open', () => {
		const ids = ['f2bGzJKq', 'f39Xxfy1'];
		const lost =
			'flux-cancel: ERROR: ƒ2bGzJKq: job is inactive\nflux-cancel: ERROR: [Errno 104] Connection reset by peer\n';
		assert.deepEqual(cancelled(lost, 1, ids), {f2bGzJKq: 'too-late', f39Xxfy1: 'cut-off'});
		assert.deepEqual(cancelled('', 1, ids), {f2bGzJKq: 'broken', f39Xxfy1: 'broken'});
		const usage =
			"usage: flux cancel [OPTIONS] [JOBID...]\nflux-cancel: error: argument JOBID...: invalid JobID value: 'x'\n";
		assert.deepEqual(cancelled(usage, 2, ids), {f2bGzJKq: 'rejected', f39Xxfy1: 'rejected'});
		const late = readCancel({stdout: '', stderr: '', end: {overtime: 'too slow'}}, ids);
		assert.deepEqual(late.get('f39Xxfy1'), {kind: 'timeout', detail: 'too slow'});
		const killed = readCancel({stdout: '', stderr: '', end: {signal: 'SIGKILL'}}, ids);
		assert.equal(killed.get('f39Xxfy1')?.kind, 'cut-off');
	});

	test('of a job is a refusal only where nothing can have arrived', () => {
		const kindOf = (words: string) =>
			cancelled(`flux-cancel: ERROR: ƒ2bGzJKq: ${words}\n`, 1, ['f2bGzJKq']).f2bGzJKq;
		assert.deepEqual(
			[
				'Invalid argument',
				'Function not implemented',
				'No route to host',
				'Connection timed out',
				'Protocol error',
			].map(kindOf),
			['rejected', 'rejected', 'cut-off', 'timeout', 'broken'],
		);
	});

	test('in the middle of a crash says nothing of the jobs that it does not name', () => {
		const crash =
			'flux-cancel: ERROR: ƒ2bGzJKq: job is inactive\nTraceback (most recent call last):\n  File "flux-cancel.py", line 9\nOSError\n';
		assert.deepEqual(cancelled(crash, 1, ['f2bGzJKq', 'f39Xxfy1']), {
			f2bGzJKq: 'too-late',
			f39Xxfy1: 'broken',
		});
	});

	test('of unknown jobs names them as they were asked for', () => {
		const {unknown, others} = readUnknown('JobID 999 unknown\nJobID ƒ2Tv1sAX unknown\nrpc: Host is down\n');
		assert.deepEqual([[...unknown], others], [['fJE', 'f2Tv1sAX'], ['rpc: Host is down']]);
	});

	test('in complaints is sorted by what may be concluded from it', () => {
		const of = (stderr: string) => failureOfFlux({stdout: '', stderr, code: 1});
		assert.deepEqual(
			of('flux-jobs: ERROR: Unable to connect to Flux: broker socket /run/flux/local was not found\n'),
			{
				kind: 'unreachable',
				detail: 'Unable to connect to Flux: broker socket /run/flux/local was not found',
			},
		);
		assert.equal(of('flux-job: access is restricted to job/instance owner\n').kind, 'forbidden');
		assert.equal(of('flux-jobs: ERROR: [Errno 104] Connection reset by peer').kind, 'cut-off');
		assert.equal(of('').kind, 'broken');
	});

	test('around its answer is no part of it', () => {
		assert.deepEqual(readAnswer('Welcome\n{"jobs": [{"jobid": "fJE"}]}\nGoodbye\n'), [{jobid: 'fJE'}]);
		for (const text of ['', 'Welcome\n', '{"version": 1}', '[]', '{"jobs": 3}'])
			assert.equal(readAnswer(text), undefined, text);
	});
});

test('the first host of a list of hosts names the instance', () => {
	assert.deepEqual(['fluke[1-3,7],other', 'vm,vm,vm', 'fluke[001-100]-ib', 'a', ''].map(firstHost), [
		'fluke1',
		'vm',
		'fluke001-ib',
		'a',
		undefined,
	]);
});
