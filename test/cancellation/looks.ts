/*
Looks at the jobs of one profile: which go out together, which wait, and when a list is read instead.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {slurm} from '../../source/backends/slurm/index.ts';
import {createLooks} from '../../source/cancellation/runner/looks/looks.ts';
import {limited} from '../../source/engine/limiter/limited.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const jobOf = (id: string): Job => ({
	ref: `far/${id}`,
	profile: 'far',
	backend: 'slurm',
	mine: true,
	id,
	name: `name-${id}`,
	phase: 'running',
	status: 'RUNNING',
	terminal: false,
});

const numbered = (count: number) => Array.from({length: count}, (_, index) => String(index + 1));

/** A far side that notes what is asked of it. `many`: it can tell of several jobs at once. */
const openLooks = ({
	many = false,
	crowd = 8,
	reach = 0,
	listed = [] as readonly string[],
	limiter = false,
}) => {
	const time = createManualClock();
	const asked: string[] = [];
	const seen: string[] = [];
	const failed: string[] = [];
	let moments = 0;
	const open = {gate: Promise.resolve(), failure: undefined as Failure | undefined};
	const answer = async (what: string) => {
		asked.push(what);
		await open.gate;
		if (open.failure) throw new BackendError(open.failure);
	};
	const backend: Backend = {
		system: async () => ({kind: 'slurm'}),
		async listPage({ended}) {
			await answer(ended ? 'ended' : 'active');
			return {jobs: listed.map(jobOf), unreadable: 0, covers: 'everything'};
		},
		async look(id, {leaving}) {
			// The limiter calls it, if there is one.
			if (!limiter) leaving?.();
			await answer(id);
			return jobOf(id);
		},
		...(many && {
			async getMany(ids: readonly string[]) {
				await answer(ids.join(','));
				return {jobs: new Map(ids.slice(1).map(id => [id, jobOf(id)])), failures: new Map()};
			},
		}),
	};
	const bare = {profile: 'far', traits: {...slurm.traits, concurrency: 1}, backend};
	const looks = createLooks<string>({
		connection: limiter ? limited(bare, time.clock) : bare,
		clock: time.clock,
		signal: new AbortController().signal,
		moment: () => ++moments,
		idOf: id => id,
		isSet: () => false,
		likelyEnded: () => false,
		sending: () => 0,
		reach: () => reach,
		crowd: () => crowd,
		onLook: (id, _job, _asked, source) => void seen.push(`${id} ${source}`),
		onPage: jobs => void seen.push(...jobs.map(({id}) => `${id} list`)),
		onFailure: (id, {kind}) => void failed.push(`${id} ${kind}`),
	});
	return {time, looks, asked, seen, failed, open};
};

test('looks that are wanted at about the same time go out together, and what the answer lacks is not known', async () => {
	const {time, looks, asked, seen, failed} = openLooks({many: true});
	for (const id of ['1', '2', '3']) looks.want(id, 'record');
	await time.advance(20);
	assert.deepEqual(asked, []);
	await time.advance(10);
	assert.deepEqual(asked, ['1,2,3']);
	assert.deepEqual(seen, ['2 record', '3 record']);
	assert.deepEqual(failed, ['1 not-found']);
});

test('an answer that is not found as a whole says of no job that it is gone', async () => {
	const {time, looks, failed, open} = openLooks({many: true});
	open.failure = {kind: 'not-found', detail: 'there is no such page'};
	for (const id of ['1', '2']) looks.want(id, 'record');
	await time.advance(30);
	assert.deepEqual(failed, ['1 broken', '2 broken']);
});

test('where every followed job wants a look, no look waits for others; what is wanted meanwhile goes out after it', async () => {
	const {time, looks, asked, open} = openLooks({many: true, crowd: 3});
	const gate = Promise.withResolvers<void>();
	open.gate = gate.promise;
	for (const id of ['1', '2', '3']) looks.want(id, 'record');
	await time.advance(0);
	assert.deepEqual(asked, ['1,2,3']);
	for (const id of ['4', '5', '6']) looks.want(id, 'record');
	await time.advance(30);
	assert.deepEqual(asked, ['1,2,3']);
	gate.resolve();
	await time.advance(30);
	assert.deepEqual(asked, ['1,2,3', '4,5,6']);
});

test('a look that has to be alone waits for no other, and never goes out with one', async () => {
	const {time, looks, asked, seen} = openLooks({many: true});
	looks.want('1', 'record');
	looks.want('1', 'alone');
	await time.advance(0);
	assert.deepEqual(asked, ['1']);
	assert.deepEqual(seen, ['1 alone']);
	await time.advance(1000);
	assert.deepEqual(asked, ['1'], 'the weaker look is covered by it');
});

test('no more single looks are under way than the limiter has use for', async () => {
	const {time, looks, asked, seen, open} = openLooks({});
	let release = () => {};
	open.gate = new Promise(resolve => {
		release = resolve;
	});
	for (const id of numbered(9)) looks.want(id, 'alone');
	await time.advance(0);
	assert.equal(asked.length, 4);
	assert.deepEqual(looks.withdraw(), ['5', '6', '7', '8', '9']);
	release();
	await time.advance(0);
	assert.equal(seen.length, 4, 'what was taken back is not asked');
});

test('where the server is fast, more are handed to the limiter, and can be taken back out of it', async () => {
	const {time, looks, asked, seen, failed, open} = openLooks({reach: 6, limiter: true});
	const gate = Promise.withResolvers<void>();
	open.gate = gate.promise;
	for (const id of numbered(9)) looks.want(id, 'alone');
	await time.advance(0);
	assert.deepEqual(asked, ['1']);
	assert.equal(looks.underway(), 6);
	assert.deepEqual(looks.withdraw(), ['2', '3', '4', '5', '6', '7', '8', '9']);
	gate.resolve();
	await time.advance(0);
	assert.deepEqual(seen, ['1 alone']);
	assert.deepEqual([asked, failed, looks.underway()], [['1'], [], 0]);
	looks.want('2', 'alone');
	await time.advance(0);
	assert.deepEqual(seen, ['1 alone', '2 alone'], 'what was taken back can be wanted again');
});

test('a list is read for many, and what it does not hold is looked at alone', async () => {
	const listed = numbered(12).filter(id => id !== '7');
	const {time, looks, asked, seen} = openLooks({listed});
	for (const id of numbered(12)) looks.want(id, 'list');
	await time.advance(30);
	assert.deepEqual(asked, ['active', '7']);
	assert.equal(seen.at(-1), '7 alone');
	assert.equal(seen.length, 12);
});

test('a list that is not trusted is not read for a minute, unless it turns out to be right', async () => {
	const {time, looks, asked} = openLooks({listed: numbered(12)});
	looks.distrust();
	assert.ok(!looks.trusts());
	for (const id of numbered(12)) looks.want(id, 'list');
	await time.advance(30);
	assert.deepEqual(asked, numbered(12));
	await time.advance(60_000);
	assert.ok(looks.trusts());
	looks.distrust();
	looks.trust();
	assert.ok(looks.trusts());
});

test('a refused credential fails all looks of a list; an answer that cannot be read sends them out alone', async () => {
	const refused = openLooks({});
	refused.open.failure = {kind: 'unauthorized', detail: 'who are you'};
	for (const id of numbered(12)) refused.looks.want(id, 'list');
	await refused.time.advance(30);
	assert.deepEqual(refused.asked, ['active']);
	assert.equal(refused.failed.length, 12);
	const broken = openLooks({});
	broken.open.failure = {kind: 'broken', detail: 'not a list'};
	for (const id of numbered(12)) broken.looks.want(id, 'list');
	await broken.time.advance(30);
	assert.equal(broken.asked.length, 13);
	assert.ok(!broken.looks.trusts());
});

test('where many are followed, a few looks wait for others', async () => {
	const {time, looks, asked} = openLooks({many: true, crowd: 200});
	for (const id of ['1', '2']) looks.want(id, 'record');
	await time.advance(1900);
	assert.deepEqual(asked, []);
	await time.advance(200);
	assert.deepEqual(asked, ['1,2']);
});
