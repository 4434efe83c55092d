/*
What every backend promises, tested in the same words for each of them against a far side of its own.
*/
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {allAbilities} from '../../source/backends/abilities.ts';
import type {Backend, ListPage} from '../../source/backends/backend.ts';
import {cleanText} from '../../source/job/clean-text.ts';
import {BackendError, type FailureKind, failurePolicies} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {isOpenTo} from '../../source/job/operation.ts';
import {isEnd, type Phase, phases} from '../../source/job/phase.ts';
import {refOf} from '../../source/job/ref.ts';
import {fakes} from '../fakes/index.ts';
import {type Remote, secret} from '../fakes/remote.ts';

const {signal} = new AbortController();
const failureKinds = Object.keys(failurePolicies) as FailureKind[];
const allPhases = Object.keys(phases) as Phase[];

for (const [kind, open] of Object.entries(fakes)) {
	describe(kind, () => {
		const remoteFor = async (t: TestContext): Promise<Remote> => {
			const remote = await open();
			t.after(remote.close);
			return remote;
		};

		test('a system without jobs gives an empty, complete list', async t => {
			const {backend} = (await remoteFor(t)).connection;
			assert.deepEqual(await readAll(backend), {jobs: [], unreadable: 0, covers: 'everything'});
		});

		for (const phase of allPhases.filter(phase => phase !== 'unknown')) {
			test(`a job that is ${phase} is listed so`, async t => {
				const {connection, add, idFor} = await remoteFor(t);
				const id = idFor(1);
				if (!(await add(id, phase))) return t.skip('this system has no such phase');
				const [job] = (await readAll(connection.backend)).jobs;
				assert.equal(job?.id, id);
				assert.equal(job.phase, phase);
				assert.equal(job.terminal, isEnd(phase));
				assert.equal(job.ref, refOf(connection.profile, id));
				assert.equal(job.backend, kind);
				assert.notEqual(job.status, '');
				assert.notEqual(job.name, '');
			});
		}

		test('ended jobs are left out where only live ones are asked for', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			await add(idFor(1), 'running');
			await add(idFor(2), 'succeeded');
			await add(idFor(3), 'failed');
			const {jobs} = await readAll(connection.backend, {ended: false});
			assert.deepEqual(idsOf(jobs.filter(job => !job.terminal)), [idFor(1)]);
			assert.equal(
				jobs.some(job => job.phase === 'succeeded'),
				false,
			);
		});

		test('a status that nobody knows is kept, and is no end', async t => {
			const {connection, addStrange, idFor} = await remoteFor(t);
			if (!(await addStrange(idFor(1)))) return t.skip('cannot happen here');
			const [job] = (await readAll(connection.backend)).jobs;
			assert.equal(job?.id, idFor(1));
			assert.equal(job.phase, 'unknown');
			assert.equal(job.terminal, false);
			assert.notEqual(job.status, '');
		});

		test('a record that cannot be read is counted and costs no other its place', async t => {
			const {connection, add, addUnreadable, idFor} = await remoteFor(t);
			await add(idFor(1), 'running');
			if (!(await addUnreadable())) return t.skip('cannot happen here');
			await add(idFor(2), 'queued');
			const {jobs, unreadable} = await readAll(connection.backend);
			assert.deepEqual(idsOf(jobs), [idFor(1), idFor(2)].sort());
			assert.equal(unreadable, 1);
		});

		test('the pages hold every job once', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const ids = Array.from({length: 8}, (_, n) => idFor(n));
			for (const id of ids) await add(id, 'running');
			const {jobs, covers} = await readAll(connection.backend);
			assert.deepEqual(idsOf(jobs), ids.sort());
			assert.equal(covers, 'everything');
		});

		test('jobs are plain JSON, without a key that says nothing', async t => {
			const {connection, add, addStrange, idFor} = await remoteFor(t);
			let n = 0;
			for (const phase of allPhases) await add(idFor(n++), phase);
			await addStrange(idFor(n));
			for (const job of (await readAll(connection.backend)).jobs) {
				assert.deepStrictEqual(structuredClone(job), job);
				assert.deepStrictEqual(JSON.parse(JSON.stringify(job)), job);
			}
		});

		test('a list reads the same twice when nothing changed', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			await add(idFor(1), 'running');
			await add(idFor(2), 'succeeded');
			assert.deepStrictEqual(await readAll(connection.backend), await readAll(connection.backend));
		});

		for (const failing of failureKinds) {
			test(`a list that fails as ${failing} says so once, and the next one is good again`, async t => {
				const {connection, add, failNext, requests, idFor} = await remoteFor(t);
				await add(idFor(1), 'running');
				const before = await requests();
				if (!(await failNext(failing))) return t.skip('cannot happen here');
				const error = await rejectionOf(readAll(connection.backend));
				assert.ok(error instanceof BackendError, String(error));
				assert.equal(error.failure.kind, failing, error.message);
				assert.match(error.failure.detail, /\S/);
				assert.equal(error.failure.detail, cleanText(error.failure.detail));
				assert.doesNotMatch(`${error.stack} ${JSON.stringify(error.failure)}`, new RegExp(secret));
				// What never left this machine was counted nowhere.
				const sent = (await requests()) - before;
				assert.ok(failing === 'unreachable' ? sent <= 1 : sent === 1, `${sent} requests`);
				assert.deepEqual(idsOf((await readAll(connection.backend)).jobs), [idFor(1)]);
			});
		}

		test('an aborted request rejects with the reason, and nothing else', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			await add(idFor(1), 'running');
			const {backend} = connection;
			const asks: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown> | undefined>> = {
				list: signal => backend.listPage({everyone: true, ended: true, signal}),
				get: signal => backend.get?.(idFor(1), {signal}),
				cancel: signal => backend.cancel?.(idFor(1), {signal}),
				logs: signal => backend.logs?.(idFor(1), {signal}),
				suspend: signal => backend.suspend?.(idFor(1), {signal}),
				unsuspend: signal => backend.unsuspend?.(idFor(1), {signal}),
				listen: signal => backend.listen?.(idFor(1), {signal, onText() {}}),
				results: signal => backend.results?.(idFor(1), {signal}),
			};
			for (const [what, ask] of Object.entries(asks)) {
				const reason = new Error('changed my mind');
				const early = ask(AbortSignal.abort(reason));
				if (early !== undefined)
					assert.equal(await rejectionOf(early), reason, `${what} of an aborted signal`);
				const controller = new AbortController();
				const late = ask(controller.signal);
				controller.abort(reason);
				if (late !== undefined) assert.equal(await rejectionOf(late), reason, `${what} aborted on its way`);
			}
		});

		test('what is said of it without asking it is true', async t => {
			const {backend, traits} = (await remoteFor(t)).connection;
			const said = (await allAbilities()).find(each => each.backend === kind);
			assert.ok(said);
			assert.deepEqual(
				[said.inspect, said.cancel !== false, said.cancelMany, said.force, said.results, said.logs !== false],
				[
					backend.get,
					backend.cancel,
					backend.cancelMany,
					backend.forceCancel,
					backend.results,
					backend.logs ?? backend.listen,
				].map(method => method !== undefined),
			);
			assert.equal(said.hide, backend.hide !== undefined);
			assert.equal(said.hide, backend.unhide !== undefined, 'what is hidden can be shown again');
			assert.equal(said.suspend, backend.suspend !== undefined);
			assert.equal(said.suspend, backend.unsuspend !== undefined, 'what is suspended can be started again');
			assert.equal(said.suspend, backend.describeSuspend !== undefined, 'what would be sent is said');
			assert.equal(said.suspend, traits.suspendConsequences !== undefined, 'what suspending does is said');
			assert.equal(said.delete, backend.delete !== undefined);
			if (traits.forceConsequence !== undefined) assert.ok(said.force, 'what force does is said');
			assert.equal(said.delete, traits.deleteConsequence !== undefined, 'what is lost is said');
		});

		test('only a live job may be suspended, where that is possible; it stays alive, and a look says how far it is', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			let n = 0;
			for (const phase of allPhases) await add(idFor(n++), phase);
			const {jobs} = await readAll(backend);
			const {suspend, unsuspend} = backend;
			if (!suspend || !unsuspend) {
				assert.ok(jobs.every(({suspension}) => suspension === undefined));
				return t.skip('cannot suspend a job');
			}
			const look = async (id: string) => (await (backend.look ?? backend.get)?.(id, {signal})) as Job;
			for (const job of jobs) {
				assert.ok(!job.terminal || job.suspension === undefined, job.status);
				if (!isOpenTo('suspend', job)) continue;
				const {kind} = await suspend(job.id, {signal, seen: job});
				assert.ok(kind === 'accepted' || kind === 'done', kind);
				const after = await look(job.id);
				assert.equal(after.terminal, false);
				assert.ok(after.suspension === 'beginning' || after.suspension === 'complete');
				await unsuspend(job.id, {signal, seen: after});
				assert.notEqual((await look(job.id)).suspension, 'complete');
			}
			const ended = jobs.find(({terminal}) => terminal) ?? assert.fail();
			assert.equal((await suspend(ended.id, {signal, seen: ended})).kind, 'too-late');
			assert.deepEqual((await look(ended.id)).phase, ended.phase);
		});

		test('a look at one job agrees with its row', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend, traits} = connection;
			if (backend.get === undefined) return t.skip('cannot look at one job');
			let n = 0;
			for (const phase of allPhases) await add(idFor(n++), phase);
			for (const row of (await readAll(backend)).jobs) {
				const {job, fields, timeline, raw, children} = await backend.get(row.id, {signal});
				assert.deepEqual([job.ref, job.phase, job.status], [row.ref, row.phase, row.status]);
				assert.equal(job.terminal, row.terminal);
				// Nothing has ended what lives or was left to end by itself.
				for (const {terminal, phase, endedBy} of [job, row])
					assert.ok(
						endedBy === undefined || (terminal && phase !== 'succeeded'),
						`${phase} ${endedBy?.kind}`,
					);
				// What is told of the system may not be less than what it tells.
				assert.ok(row.progress === undefined || traits.shows.progress, 'progress');
				assert.ok((children === undefined && job.parent === undefined) || traits.shows.children, 'children');
				assert.ok(fields.length > 0);
				assert.ok(row.id.split('/').every(part => raw.includes(part)));
				assert.deepStrictEqual(JSON.parse(JSON.stringify({fields, timeline})), {fields, timeline});
			}
		});

		test('a look at many jobs shows the known jobs, and only them', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.getMany === undefined) return t.skip('cannot look at many jobs');
			await add(idFor(1), 'running');
			await add(idFor(2), 'queued');
			const {jobs, failures} = await backend.getMany([idFor(2), idFor(9), idFor(1)], {signal});
			assert.deepEqual([...jobs.keys()].sort(), [idFor(1), idFor(2)].sort());
			for (const [id, job] of jobs) assert.equal(job.id, id);
			assert.equal(failures.size, 0);
		});

		test('a look at an unknown job is not-found', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.get === undefined) return t.skip('cannot look at one job');
			await add(idFor(1), 'running');
			const error = await rejectionOf(backend.get(idFor(2), {signal}));
			assert.ok(error instanceof BackendError, String(error));
			assert.equal(error.failure.kind, 'not-found');
		});

		for (const phase of ['queued', 'running'] as const) {
			test(`cancelling a ${phase} job brings it to its end, and touches no other`, async t => {
				const {connection, add, idFor} = await remoteFor(t);
				const {backend} = connection;
				if (backend.cancel === undefined) return t.skip('cannot cancel');
				await add(idFor(1), phase);
				await add(idFor(2), phase);
				const {kind} = await backend.cancel(idFor(1), {signal});
				assert.ok(kind === 'done' || kind === 'accepted', kind);
				const after = await phaseNow(backend, idFor(1));
				assert.ok(after === undefined || after === 'stopping' || isEnd(after), after);
				if (kind === 'done') assert.ok(after === undefined || after === 'cancelled', after);
				assert.equal(await phaseNow(backend, idFor(2)), phase);
			});
		}

		test('the requests of a cancellation are described without a request and without a secret', async t => {
			const {connection, add, idFor, requests} = await remoteFor(t);
			const {backend} = connection;
			if (backend.cancel === undefined) return t.skip('cannot cancel');
			await add(idFor(1), 'running');
			await add(idFor(2), 'running');
			const before = await requests();
			const told = backend.describeCancel?.([idFor(1), idFor(2)]) ?? [];
			assert.equal(await requests(), before);
			assert.ok(told.length === 1 || told.length === 2, told.join('\n'));
			for (const line of told) {
				assert.match(
					line,
					/^(?:POST|DELETE) https?:\/\/\S+( \{\S*\})?$|^\S*(?:scancel -v|condor_rm|qdel|flux cancel|bkill) [ -~]+$/,
				);
				assert.ok(!line.includes(secret));
			}
			for (const id of [idFor(1), idFor(2)]) {
				const last = id.split('/').at(-1) ?? id;
				assert.equal(
					told.filter(line => line.includes(encodeURIComponent(last)) || line.includes(last)).length,
					1,
				);
			}
			assert.equal(await phaseNow(backend, idFor(1)), 'running');
		});

		test('cancelling many jobs answers for each of them', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.cancelMany === undefined) return t.skip('cannot cancel many at once');
			for (const n of [1, 2, 3]) await add(idFor(n), 'running');
			const answers = await backend.cancelMany([idFor(1), idFor(3)], {signal});
			assert.deepEqual([...answers.keys()].sort(), [idFor(1), idFor(3)].sort());
			for (const {kind} of answers.values()) assert.ok(kind === 'done' || kind === 'accepted', kind);
			assert.equal(await phaseNow(backend, idFor(2)), 'running');
		});

		test('cancelling many jobs of which some have ended or are unknown asks for every live one', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.cancelMany === undefined) return t.skip('cannot cancel many at once');
			const orders = [
				['live', 'ended', 'unknown'],
				['ended', 'unknown', 'live'],
				['unknown', 'live', 'ended'],
			] as const;
			for (const [round, order] of orders.entries()) {
				const ids = {
					live: idFor(10 * round + 1),
					ended: idFor(10 * round + 2),
					unknown: idFor(10 * round + 3),
				};
				await add(ids.live, 'running');
				await add(ids.ended, 'succeeded');
				const answers = await backend.cancelMany(
					order.map(which => ids[which]),
					{signal},
				);
				assert.deepEqual([...answers.keys()].sort(), Object.values(ids).sort());
				const kindOf = (which: keyof typeof ids) => answers.get(ids[which])?.kind ?? 'none';
				assert.ok(['done', 'accepted'].includes(kindOf('live')), kindOf('live'));
				assert.ok(['too-late', 'not-found'].includes(kindOf('ended')), kindOf('ended'));
				assert.equal(kindOf('unknown'), 'not-found');
				assert.notEqual(await phaseNow(backend, ids.live), 'running');
			}
		});

		for (const phase of ['succeeded', 'failed', 'cancelled'] as const) {
			test(`cancelling a job that is ${phase} already is never called done`, async t => {
				const {connection, add, idFor} = await remoteFor(t);
				const {backend, traits} = connection;
				if (backend.cancel === undefined) return t.skip('cannot cancel');
				if (traits.resend === 'guarded') return t.skip('is never sent: it would destroy something');
				if (!(await add(idFor(1), phase))) return t.skip('this system has no such phase');
				const receipt = await backend.cancel(idFor(1), {signal}).catch(asFailure);
				assert.notEqual(receipt.kind, 'done');
				assert.equal((await phaseNow(backend, idFor(1))) ?? phase, phase);
			});
		}

		test('cancelling an unknown job is not-found', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.cancel === undefined) return t.skip('cannot cancel');
			await add(idFor(1), 'running');
			const answer = await backend.cancel(idFor(2), {signal}).catch(asFailure);
			assert.equal(answer.kind, 'not-found');
			assert.equal(await phaseNow(backend, idFor(1)), 'running');
		});

		for (const phase of ['queued', 'running'] as const) {
			test(`deleting a ${phase} job is refused, and leaves it alive`, async t => {
				const {connection, add, idFor} = await remoteFor(t);
				const {backend} = connection;
				if (backend.delete === undefined) return t.skip('cannot delete');
				await add(idFor(1), phase);
				const answer = await backend.delete(idFor(1), {signal}).catch(asFailure);
				assert.ok(answer?.kind === 'conflict' || answer?.kind === 'rejected', answer?.kind);
				assert.equal(await phaseNow(backend, idFor(1)), phase);
			});
		}

		test('deleting an ended job takes what it left, and touches no other', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.delete === undefined) return t.skip('cannot delete');
			for (const n of [1, 2]) await add(idFor(n), 'succeeded');
			await backend.delete(idFor(1), {signal});
			// Where the record stays, it says that nothing is left of the job.
			const after = await phaseNow(backend, idFor(1));
			assert.ok(after === undefined || after === 'cancelled', after);
			assert.equal(await phaseNow(backend, idFor(2)), 'succeeded');
		});

		test('an ended job that is hidden is there, and can be brought back', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.hide === undefined || backend.unhide === undefined) return t.skip('cannot hide');
			for (const n of [1, 2]) await add(idFor(n), 'succeeded');
			await backend.hide(idFor(1), {signal});
			assert.equal(await phaseNow(backend, idFor(1)), undefined);
			assert.equal(await phaseNow(backend, idFor(2)), 'succeeded');
			if (backend.get !== undefined) {
				assert.equal((await backend.get(idFor(1), {signal})).job.phase, 'succeeded');
			}
			await backend.unhide(idFor(1), {signal});
			assert.equal(await phaseNow(backend, idFor(1)), 'succeeded');
		});

		for (const what of ['logs', 'results', 'delete', 'hide'] as const) {
			test(`${what} of an unknown job is not-found`, async t => {
				const {connection, add, idFor} = await remoteFor(t);
				const ask: Backend[typeof what] = connection.backend[what];
				if (ask === undefined) return t.skip('has no such thing');
				await add(idFor(1), 'succeeded');
				const answer = await Promise.resolve(ask(idFor(2), {signal})).catch(asFailure);
				assert.ok(answer && 'kind' in answer, JSON.stringify(answer));
				assert.equal(answer.kind, 'not-found');
				assert.equal(await phaseNow(connection.backend, idFor(1)), 'succeeded');
			});
		}

		test('a log that is asked for again holds nothing twice, and never ends while its job runs', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.logs === undefined) return t.skip('has no logs');
			await add(idFor(1), 'running');
			const first = await backend.logs(idFor(1), {signal}).catch(asFailure);
			// There need not be one yet.
			if ('kind' in first) return assert.match(first.detail, /\S/);
			assert.equal(first.ended, undefined);
			if (first.cursor === undefined) return;
			const again = await backend.logs(idFor(1), {signal, after: first.cursor});
			assert.equal(again.ended, undefined);
			assert.ok(again.text === '' || again.anew, again.text);
		});

		test('the results of an ended job are plain JSON, by name', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			if (backend.results === undefined) return t.skip('has no results');
			await add(idFor(1), 'succeeded');
			const results = await backend.results(idFor(1), {signal});
			for (const {name} of results) assert.match(name, /\S/);
			assert.deepStrictEqual(JSON.parse(JSON.stringify(results)), results);
			assert.doesNotMatch(JSON.stringify(results), new RegExp(secret));
		});

		test('a name that would drive the terminal is shown clean, and its job is the one that is cancelled', async t => {
			const {connection, add, idFor} = await remoteFor(t);
			const {backend} = connection;
			const name = '\u001b]0;x\u0007\u001b[2J|名前';
			if (!(await add(idFor(1), 'running', {name}))) return t.skip('its names have the form of ids');
			await add(idFor(2), 'running', {name});
			const {jobs} = await readAll(backend);
			for (const job of jobs) assert.match(job.name, /^\|名前$/);
			if (backend.cancel === undefined) return;
			await backend.cancel(idFor(1), {signal});
			assert.notEqual(await phaseNow(backend, idFor(1)), 'running');
			assert.equal(await phaseNow(backend, idFor(2)), 'running');
		});
	});
}

type Whole = Omit<ListPage, 'cursor'>;

/** All pages of a list as one. */
const readAll = async (backend: Backend, {ended = true} = {}): Promise<Whole> => {
	const jobs: Job[] = [];
	let unreadable = 0;
	let covers: ListPage['covers'] = 'everything';
	let cursor: string | undefined;
	do {
		const page = await backend.listPage({
			everyone: true,
			ended,
			signal,
			...(cursor !== undefined && {cursor}),
		});
		jobs.push(...page.jobs);
		unreadable += page.unreadable;
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
	} while (cursor !== undefined);
	return {jobs, unreadable, covers};
};

const idsOf = (jobs: readonly Job[]) => jobs.map(job => job.id).sort();

/** The phase of one job; undefined where it is not known any more. */
const phaseNow = async (backend: Backend, id: string): Promise<Phase | undefined> =>
	(await readAll(backend)).jobs.find(job => job.id === id)?.phase;

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => undefined,
		(error: unknown) => error,
	);

const asFailure = (error: unknown) => {
	if (error instanceof BackendError) return error.failure;
	throw error;
};
