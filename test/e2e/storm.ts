/*
A thousand cancellations over systems that fail in every way at once: what is said of each in the end is what its own server has on record.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {type Fault, type FaultName, faults} from '../../source/demo/faults.ts';
import {startDemo} from '../../source/demo/index.ts';
import {createRandom, oneOf, seedOf} from '../../source/demo/random.ts';
import type {Quirk} from '../../source/demo/scenario.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {isEnd} from '../../source/job/phase.ts';
import {parseRef, type Ref, refOf} from '../../source/job/ref.ts';
import type {JobTarget} from '../../source/job/target.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const perSystem = 200;

const processes = {
	weaver: 'sleeper',
	ionworks: 'datafit',
	tapis: 'sleeper',
	tensorpool: 'sleeper',
	dex: 'parse',
} as const;
type System = keyof typeof processes;
const systems = Object.keys(processes) as System[];

/** One job in so many has a quirk; the others are as jobs should be. */
const quirks: Readonly<Record<number, Quirk>> = {
	3: 'ends-when-looked-at',
	8: 'stubborn',
	13: 'late-write',
	18: 'never-stops',
	23: 'comes-back',
	28: 'vanishes',
};
const quirkOf = (n: number): Quirk | undefined => quirks[n % 40];

/** What may happen to any request while the storm lasts. Silence is left out: it would have to be sat through. */
const storm = Object.keys(faults).filter(
	name =>
		![
			'silent',
			'slow',
			'unauthorized',
			'forbidden',
			'not-found',
			'bad-request',
			'not-allowed',
			'conflict',
		].includes(name),
) as FaultName[];

const stormMs = 90_000;
/** Longer than the longest patience: Tapis has twenty minutes. */
const calmMs = 25 * 60_000;

for (const seed of ['one', 'two']) {
	test(`the outcome of each of a thousand is what its server has on record, storm ${seed}`, async context => {
		const time = createManualClock();
		const begun = time.clock.now();
		const demo = await startDemo({jobs: 0, clock: time.clock, seed});
		context.after(demo.close);
		const {servers} = demo;
		const {projects = []} = demo.profiles.find(profile => profile.backend === 'dex') ?? {};
		const prefixes: Partial<Record<System, string>> = {dex: `${projects[0]}/`};
		const targets: JobTarget[] = [];
		for (const system of systems) {
			for (let n = 0; n < perSystem; n++) {
				const quirk = quirkOf(n);
				const process = processes[system];
				const plan = {name: process, process, ...(quirk && {quirk})};
				const id = servers[system].add(n % 7 === 0 ? 'queued' : 'running', plan);
				targets.push({
					ref: refOf(system, `${prefixes[system] ?? ''}${id}`),
					name: process,
					phase: 'running',
					status: 'running',
				});
			}
		}

		const since = () => time.clock.now() - begun;
		for (const system of systems) {
			const random = createRandom(seedOf(seed, system));
			servers[system].setFaults((): Fault | undefined => {
				if (since() > stormMs) return undefined;
				// Half-way the credentials of two systems expire.
				const expired = since() > 20_000 && since() < 40_000;
				if (expired && (system === 'tapis' || system === 'dex')) return 'unauthorized';
				return random() < 0.3 ? oneOf(random, storm as [FaultName, ...FaultName[]]) : undefined;
			});
		}

		let known = nothingKnown();
		const engine = createEngine({
			connections: await connectAll(demoSettings(demo.profiles), demo.env),
			clock: time.clock,
			stateDirectory: temporaryDirectory(context),
			report(patches) {
				known = applyPatches(known, patches);
			},
			scope: {everyone: true, ended: false},
			park: true,
		});
		context.after(engine.stop);
		engine.start();
		await engine.cancel(targets, {reason: 'the storm'});

		const pass = async (ms: number, step: number) => {
			for (let left = ms; left > 0; left -= step) {
				await time.advance(step);
				// The servers are real: their answers take time that no clock of ours can give them.
				await pause(1);
			}
		};
		const open = () => [...known.cancellations.values()].filter(({step}) => step !== 'settled');
		const parked = () =>
			open()
				.filter(({step}) => step === 'parked')
				.map(({ref}) => parseRef(ref)?.profile);
		while (since() < stormMs) {
			await pass(1000, 100);
			// Somebody logs in again; a parked profile waits for that.
			if (since() > 45_000 && Math.round(since() / 1000) % 5 === 0) engine.handle({type: 'refresh'});
		}
		engine.handle({type: 'refresh'});
		while (since() < calmMs && open().some(({outcome}) => outcome === undefined)) await pass(10_000, 1000);
		assert.deepEqual(parked(), [], 'nothing waits for a credential that is there again');
		// What comes back does so some seconds after its end, and is seen by the next list.
		await pass(30_000, 500);

		assert.equal(known.cancellations.size, targets.length, 'nothing is forgotten');
		const counts: Record<string, number> = {};
		for (const {ref, outcome, step, attempts, acceptedAt, cameBack} of known.cancellations.values()) {
			const [system, id] = [parseRef(ref)?.profile as System, idOf(ref)];
			const job = servers[system].job(id);
			const deeds = servers[system].history(id);
			const quirk = quirkOf(servers[system].ids().indexOf(id));
			const moments = known.cancellations
				.get(ref)
				?.moments.map(({at, step, detail}) => [at - begun, step, detail]);
			const story = JSON.stringify({ref, outcome, step, attempts, phase: job?.phase, quirk, deeds, moments});
			const kind = outcome?.kind ?? (cameBack ? 'came back' : 'nothing');
			counts[kind] = (counts[kind] ?? 0) + 1;
			switch (kind) {
				case 'cancelled':
				case 'already-cancelled':
				case 'removed':
					assert.ok(job === undefined || job.phase === 'cancelled', story);
					assert.ok(deeds.length > 0, story);
					break;
				case 'finished-first':
					assert.ok(job && isEnd(job.phase) && job.phase !== 'cancelled', story);
					break;
				case 'overdue':
					// Also where a stranger answered 200 in place of the server: that may be an acceptance, and the job tells.
					assert.ok(job && !isEnd(job.phase), story);
					assert.ok(quirk === 'never-stops' || quirk === 'comes-back' || deeds.length === 0, story);
					break;
				case 'came back':
					assert.ok(job && !isEnd(job.phase) && quirk === 'comes-back', story);
					break;
				case 'nothing':
					assert.fail(`it has an outcome, or is overdue: ${story}`);
					break;
				case 'unknown':
					// Its record is gone, or no request was taken that was not lost.
					assert.ok(job === undefined || (acceptedAt === undefined && !isEnd(job.phase)), story);
					break;
				default:
					// Said only where nothing has happened.
					assert.equal(deeds.length, 0, story);
			}
			// Who may destroy results by asking again asks again only after it saw the job alive.
			if (system === 'weaver' && quirk !== 'ends-when-looked-at') {
				assert.ok(!deeds.some(({effect}) => effect === 'destroyed'), story);
			}
		}
		context.diagnostic(JSON.stringify(counts));
	});
}

const idOf = (ref: Ref): string => (parseRef(ref)?.id ?? '').split('/').at(-1) ?? '';
