import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import type {Backend, Connection} from '../../source/backends/backend.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import type {JobPlan} from '../../source/demo/scenario.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {createEngine} from '../../source/engine/engine.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {type Ref, refOf} from '../../source/job/ref.ts';
import type {Known} from '../../source/state/known.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {createEmptyWorld} from './empty-world.ts';
import {createManualClock} from './manual-clock.ts';

/** Steps of a waiting test, after which it fails instead of waiting on. */
const mostSteps = 40_000;

const directories: string[] = [];
// Once everything has stopped: what still writes when a test is over would be in the way, and a clean-up that fails would keep the ones after it from closing their servers.
process.once('exit', () => {
	for (const path of directories) rmSync(path, {recursive: true, force: true});
});

/** A folder for one test, gone when its process ends. */
export const temporaryDirectory = (_context: TestContext): string => {
	const path = mkdtempSync(join(tmpdir(), 'jobtop-'));
	directories.push(path);
	return path;
};

/** An embedded Weaver without jobs of its own, and a clock that both sides share. */
export const openWeaverServer = (context: TestContext) => openServer(context, createEmptyWorld());

/** The same with these jobs, which live their lives. */
export const openLivingServer = (context: TestContext, initial: readonly JobPlan[]) => {
	const time = createManualClock();
	const world = createWorld({scenario: {initial, arrival: () => undefined}, clock: time.clock});
	return openServer(context, {time, world});
};

const openServer = async (context: TestContext, {time, world}: ReturnType<typeof createEmptyWorld>) => {
	const server = await startWeaverServer({world, clock: time.clock, seed: 'test'});
	context.after(() => server.close());
	return {server, time};
};

type FarSide = {
	readonly server: {readonly url: string};
	readonly time: ReturnType<typeof createManualClock>;
};

const connectWeaver = (url: string): Connection => ({
	profile: 'w',
	traits: weaver.traits,
	backend: weaver.connect('w', {url, pageSize: 3}),
});

/** Real milliseconds after which the clock goes on although a call is not answered: a fault may keep it for ever. */
const hangsAfterMs = 2000;

const isDiskBusy = () => process.getActiveResourcesInfo().some(name => name.startsWith('FSReq'));

/** Waits for file operations under way: what is about to be sent waits for the journal on the disk, which does not know a manual clock. */
export const diskIdle = async (): Promise<void> => {
	while (isDiskBusy()) await new Promise(setImmediate);
};

/** A backend whose calls are counted while they are under way. */
const countCalls = (backend: Backend) => {
	/** Calls that may still be answered. */
	let awaited = 0;
	let changed = Promise.withResolvers<void>();
	const track = (call: Promise<unknown>) => {
		awaited++;
		let counts = true;
		const stopWaiting = () => {
			if (counts) awaited--;
			counts = false;
			changed.resolve();
			changed = Promise.withResolvers();
		};
		const hangs = setTimeout(stopWaiting, hangsAfterMs);
		const end = () => {
			clearTimeout(hangs);
			stopWaiting();
		};
		call.then(end, end);
	};
	const methods = Object.entries(backend).map(([name, method]) => [
		name,
		typeof method === 'function'
			? (...parameters: unknown[]) => {
					const result: unknown = Reflect.apply(method, backend, parameters);
					if (result instanceof Promise) track(result);
					return result;
				}
			: method,
	]);
	return {
		backend: Object.fromEntries(methods) as Backend,
		/** Until no call is under way, but for those that hang. */
		answered: async () => {
			while (awaited > 0) await changed.promise;
		},
	};
};

/** An engine on a server, and what it has told. Its clock goes on only while no call is under way: a busy machine changes nothing. */
export const openEngine = (
	context: TestContext,
	{server, time}: FarSide,
	stateDirectory: string,
	{
		park = true,
		readOnly = false,
		connection = connectWeaver(server.url),
		others = [],
	}: {
		park?: boolean;
		readOnly?: boolean;
		connection?: Connection;
		others?: readonly Connection[];
	} = {},
) => {
	let known = nothingKnown();
	const patches: Patch[] = [];
	const calls = countCalls(connection.backend);
	const engine = createEngine({
		connections: [{...connection, backend: calls.backend}, ...others],
		clock: time.clock,
		stateDirectory,
		report(told) {
			patches.push(...told);
			known = applyPatches(known, told);
		},
		scope: {everyone: false, ended: false},
		park,
		readOnly,
		// Every interval is as it is wanted.
		random: () => 0.5,
	});
	context.after(() => engine.stop());

	/** Lets time pass in small steps until it holds. */
	const until = async (what: string, holds: (known: Known) => boolean): Promise<void> => {
		for (let step = 0; step < mostSteps; step++) {
			if (holds(known)) return;
			await calls.answered();
			await diskIdle();
			await time.advance(50);
		}
		assert.fail(
			`it never came to this: ${what}\n${JSON.stringify([...known.cancellations.values()], null, 1)}`,
		);
	};

	const refTo = (id: string): Ref => refOf(connection.profile, id);
	const outcomeOf = (id: string) => known.cancellations.get(refTo(id))?.outcome;
	const settled = async (id: string) => {
		await until(`${id} is settled`, ({cancellations}) => cancellations.get(refTo(id))?.step === 'settled');
		return outcomeOf(id);
	};
	const listed = async (id: string) => {
		await until(`${id} is listed`, ({jobs}) => jobs.byRef.has(refTo(id)));
		return known.jobs.byRef.get(refTo(id)) as Job;
	};

	return {engine, until, settled, listed, refTo, outcomeOf, known: () => known, patches};
};
