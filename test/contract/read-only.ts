/*
What `jobtop profiles test --contract` tries on a real system: every imitation keeps it and is not changed by it, and each promise can be broken.
*/
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import type {Backend, Connection} from '../../source/backends/backend.ts';
import {type Tried, tryContract, unlikelyId} from '../../source/command-line/profiles/contract.ts';
import {readList} from '../../source/engine/polling/read-list.ts';
import {BackendError} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {type Phase, phases} from '../../source/job/phase.ts';
import {openHtcondor} from '../fakes/htcondor.ts';
import {fakes} from '../fakes/index.ts';
import type {Remote} from '../fakes/remote.ts';

const {signal} = new AbortController();
const now = Date.now();

/** A far side with a job in each phase that it has. */
const inhabited = async (t: TestContext, open: () => Promise<Remote>): Promise<Remote> => {
	const remote = await open();
	t.after(remote.close);
	let n = 0;
	for (const phase of Object.keys(phases) as Phase[]) await remote.add(remote.idFor(++n), phase);
	return remote;
};

for (const [kind, open] of Object.entries(fakes)) {
	test(`${kind} keeps what can be tried on it, and nothing is changed there`, async t => {
		const {connection} = await inhabited(t, open);
		const states = async () => {
			const {jobs} = await readList(connection, {everyone: true, ended: true}, signal);
			return [...jobs.values()].map(({ref, phase}) => `${ref} ${phase}`).sort();
		};
		const before = await states();
		const tried = await tryContract({...connection, backend: readingOnly(connection.backend)}, now);
		assert.deepEqual(
			tried.filter(({result}) => result === 'broken'),
			[],
		);
		assert.ok(tried.filter(({result}) => result === 'kept').length >= 9, JSON.stringify(tried, undefined, 1));
		assert.deepEqual(await states(), before);
	});
}

/** A backend whose every change fails the test. */
const readingOnly = (backend: Backend): Backend => {
	const never = () => assert.fail('a request that changes something was sent');
	return {
		...backend,
		...(backend.cancel && {cancel: never}),
		...(backend.cancelMany && {cancelMany: never}),
		...(backend.forceCancel && {forceCancel: never}),
		...(backend.suspend && {suspend: never}),
		...(backend.unsuspend && {unsuspend: never}),
		...(backend.hide && {hide: never}),
		...(backend.unhide && {unhide: never}),
		...(backend.delete && {delete: never}),
	};
};

describe('a promise is broken', () => {
	/** The backend with other jobs in its lists. */
	const withJobs =
		(change: (job: Job) => Job) =>
		(backend: Backend): Partial<Backend> => ({
			async listPage(request) {
				const page = await backend.listPage(request);
				return {...page, jobs: page.jobs.map(change)};
			},
		});
	const running = (change: Partial<Job>) =>
		withJobs(job => (job.phase === 'running' ? {...job, ...change} : job));
	const faults: Readonly<Record<string, (backend: Backend) => Partial<Backend>>> = {
		'every record of the lists can be read': backend => ({
			listPage: async request => ({...(await backend.listPage(request)), unreadable: 2}),
		}),
		'the system has a name, and the same one twice': () => {
			let n = 0;
			return {system: async () => ({kind: 'htcondor', schedd: `s${n++}`})};
		},
		'every status is known': running({phase: 'unknown', status: 'HIBERNATING'}),
		'a job is plain JSON, with a name and a status, clean': running({name: ' '}),
		'an end has the flag, a cause and a time only where the job has ended': running({terminal: true}),
		'times are in order, and not in the future': running({createdAt: now + 3_600_000}),
		'only live jobs are listed where ended ones are not requested': backend => ({
			listPage: request => backend.listPage({...request, ended: true}),
		}),
		'only your jobs are listed where others are not requested': running({mine: false}),
		'a look at a job agrees with its list': running({status: 'Dancing'}),
		'a look at many jobs shows these and no others': () => ({
			getMany: async () => ({jobs: new Map(), failures: new Map()}),
		}),
		'an unknown job is not found': backend => ({
			get: (id, request) =>
				backend.get?.(id, request).catch(() => {
					throw new BackendError({kind: 'malformed', detail: 'a login page'});
				}) as never,
		}),
		'a text that is not an id finds no job': backend => ({
			get: (id, request) => backend.get?.(/^\d/.test(id) && id !== '0' ? id : '1001.0', request) as never,
		}),
		'what a cancellation would send can be said in one line, and is not sent': () => ({
			describeCancel: () => ['condor_rm 1', 'condor_rm 2'],
		}),
		'an aborted request ends with the reason, and nothing else': backend => ({
			listPage: ({signal: _, ...request}) => backend.listPage({...request, signal}),
		}),
		'a log is readable or refused with a reason, and grows without repeating itself': () => ({
			logs: async () => ({text: 'the same text again and again, whatever is asked\n', cursor: '1'}),
		}),
	};

	for (const [promise, fault] of Object.entries(faults)) {
		test(`and seen: ${promise}`, async t => {
			const {connection} = await inhabited(t, openHtcondor);
			const {backend} = connection;
			const faulty: Connection = {...connection, backend: {...backend, ...fault(backend)}};
			const result = (tried: readonly Tried[]) => tried.find(each => each.promise === promise)?.result;
			assert.equal(
				result(await tryContract(connection, now)),
				result([{promise, result: 'kept', detail: ''}]),
			);
			assert.equal(result(await tryContract(faulty, now)), 'broken');
		});
	}

	test('and every promise has a fault here', async t => {
		const {connection} = await inhabited(t, openHtcondor);
		assert.deepEqual(
			(await tryContract(connection, now)).map(({promise}) => promise),
			Object.keys(faults),
		);
	});

	test('by a system that does not answer, in one line', async t => {
		const {connection, failNext} = await inhabited(t, openHtcondor);
		await failNext('timeout');
		const tried = await tryContract(connection, now);
		assert.deepEqual(
			tried.map(({result}) => result),
			['broken'],
		);
		assert.match(tried[0]?.detail ?? '', /^timeout: /);
	});
});

test('an unlikely id has the form of a listed one, and is not listed', () => {
	const of = (...ids: readonly string[]) => unlikelyId(ids.map(id => ({id}) as Job));
	assert.match(of('12.0') ?? '', /^12\.[1-9]$/);
	assert.match(of('f2Tv1sAX') ?? '', /^f2Tv[2-9]sAX$/);
	assert.match(of('123[4]') ?? '', /^123\[[1-9]\]$/);
	assert.notEqual(of('7', '6'), '6');
	assert.equal(of(), undefined);
	assert.equal(of('train'), undefined);
});
