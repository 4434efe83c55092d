/*
What the tests against real systems share: looks at a backend, runs that are the same on each system, and jobtop itself without a configuration.
*/
import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import type {Backend, LogPage} from '../../../source/backends/backend.ts';
import {BackendError} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {temporaryDirectory} from '../../helpers/engine.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {runCli} from '../../helpers/run-cli.ts';
import {until} from './slurm.ts';

const {signal} = new AbortController();

/** What a backend shows; `seconds` is how long a job may take to come to a phase. */
export const openLooks = (backend: Required<Backend>, seconds: number) => {
	const look = async (id: string): Promise<Job | undefined> =>
		(await backend.getMany([id], {signal})).jobs.get(id);
	return {
		look,
		listed: async (ended = false): Promise<readonly Job[]> =>
			(await backend.listPage({everyone: false, ended, signal})).jobs,
		waitFor: (id: string, phase: Job['phase'] | undefined) =>
			until(
				`job ${id}`,
				() => look(id),
				job => job?.phase === phase,
				seconds,
			),
	};
};

/** Somebody else's job is listed only when everyone is asked for. */
export const assertListsOthers = async (backend: Backend, id: string) => {
	const list = async (everyone: boolean) => {
		const {jobs} = await backend.listPage({everyone, ended: false, signal});
		return jobs.filter(job => job.id === id).map(({mine, owner, name}) => [mine, owner, name]);
	};
	assert.deepEqual(await list(false), []);
	assert.deepEqual(await list(true), [[false, 'labbob', 'bobs']]);
};

/** Neither somebody else's job nor an unknown one can be cancelled, and the unknown one is not found. */
export const assertCancelsOnlyMine = async (backend: Required<Backend>, foreign: string, unknown: string) => {
	const kindOf = async (asked: Promise<unknown>) => (await failureOf(asked)).kind;
	assert.equal(await kindOf(backend.cancel(foreign, {signal})), 'forbidden');
	assert.equal(await kindOf(backend.cancel(unknown, {signal})), 'not-found');
	assert.equal(await kindOf(backend.get(unknown, {signal})), 'not-found');
	assert.deepEqual(await backend.getMany([unknown], {signal}), {jobs: new Map(), failures: new Map()});
};

/** The script of a job that prints two lines; it waits for the file `go` in this folder in between. */
export const twoLines = (folder: string): string =>
	`echo one\nuntil [ -e ${folder}/go ]; do sleep 0.2; done\necho two\n`;

/** The output of a job with that script is read as it comes, until the job has ended. */
export const assertFollowsOutput = async (
	backend: Required<Backend>,
	id: string,
	go: () => Promise<void>,
) => {
	const read = (after?: string): Promise<LogPage> =>
		backend.logs(id, {signal, ...(after !== undefined && {after})}).catch((error: unknown) => {
			if (error instanceof BackendError && error.failure.kind === 'not-found') return {text: ''};
			throw error;
		});
	const first = await until(
		'its output',
		() => read(),
		({text}) => text !== '',
	);
	assert.deepEqual([first.text, first.ended], ['one\n', undefined]);
	await go();
	let {cursor} = first;
	let text = '';
	await until(
		'its end',
		async () => {
			const page = await read(cursor);
			cursor = page.cursor ?? cursor;
			text += page.text;
			return page;
		},
		({ended}) => ended === true,
	);
	assert.equal(text, 'two\n');
};

/** Nobody answers: each question says so in the words of the system's programs. */
export const assertUnreachable = async (backend: Required<Backend>, id: string, words: RegExp) => {
	for (const ask of [
		() => backend.listPage({everyone: false, ended: false, signal}),
		() => backend.get(id, {signal}),
		() => backend.getMany([id], {signal}),
		() => backend.cancel(id, {signal}),
	]) {
		const failure = await failureOf(ask());
		assert.equal(failure.kind, 'unreachable', failure.detail);
		assert.match(failure.detail, words);
	}
};

/** An environment in which jobtop has no configuration, and a journal of its own. */
export const unconfigured = (t: TestContext): Record<string, string> => ({
	...(process.env as Record<string, string>),
	JOBTOP_STATE_DIR: temporaryDirectory(t),
	JOBTOP_CONFIG: '/dev/null',
});

/** Runs jobtop itself, without a configuration. */
export const jobtop = (t: TestContext, args: readonly string[]) => runCli(args, {env: unconfigured(t)});

type Result = {
	readonly ref: string;
	readonly outcome: string;
	readonly attempts: number;
	readonly detail?: string;
};

/** How a cancellation on the command line ended, by the ids of the jobs. */
export const outcomesOf = async (
	t: TestContext,
	args: readonly string[],
): Promise<ReadonlyMap<string, Result>> => {
	const {stdout, stderr} = await jobtop(t, ['cancel', ...args, '-y', '-o', 'json', '--timeout', '4m']);
	const {results} = JSON.parse(stdout || '{"results":[]}') as {readonly results: readonly Result[]};
	assert.ok(results.length > 0, stderr);
	return new Map(results.map(each => [each.ref.slice(each.ref.indexOf('/') + 1), each]));
};

/** jobtop finds the system by itself; its profile passes its tests, and the doctor knows the version. */
export const assertPassesDoctor = async (t: TestContext, kind: string, version: string) => {
	const tested = await jobtop(t, ['profiles', 'test']);
	assert.equal(tested.code, 0, tested.stdout + tested.stderr);
	const {stdout} = await jobtop(t, ['doctor']);
	assert.match(stdout, new RegExp(`^ok +${kind} +${version}`, 'm'));
	assert.match(stdout, new RegExp(`^ok +profile ${kind} +\\d+ active job`, 'm'));
};

/** A folder for what jobs read and write, gone when the test is over. Jobs may have a /tmp of their own. */
export const workFolder = async (t: TestContext): Promise<string> => {
	const folder = await mkdtemp(join(homedir(), 'live-'));
	t.after(() => rm(folder, {recursive: true}));
	return folder;
};
