/*
`kill -9` at every step of a batch, and what the next jobtop makes of it: every job ends with a true outcome, and a Weaver job that was seen ended is left alone.
*/
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {type FaultHandler, send} from '../../source/demo/faults.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {startCli} from '../helpers/run-cli.ts';

const jobs = 200;

type Request = {readonly method: string; readonly path: string};

/** A request, as the place in the story of a batch that it stands for. */
const isList = ({path}: Request) => /^\/jobs\?/.test(path);
const isLook = ({method, path}: Request) => method === 'GET' && /^\/jobs\/[^/?]+$/.test(path);
const isSend = ({method}: Request) => method === 'DELETE';

/** When the program is killed: at this request of its kind, before or after the server has done what it asks for. */
type Moment = {
	readonly title: string;
	readonly request: (request: Request) => boolean;
	readonly nth: number;
	readonly done: boolean;
	/** Whether a batch is left. */
	readonly left: boolean;
};

const moments: readonly Moment[] = [
	{title: 'before its journal is begun', request: isList, nth: 1, done: true, left: false},
	{title: 'once its targets are on disk', request: isLook, nth: 1, done: false, left: true},
	{title: 'when the first request arrives', request: isSend, nth: 1, done: false, left: true},
	{title: 'when the first request has worked', request: isSend, nth: 1, done: true, left: true},
	{title: 'in the middle of sending, before one works', request: isSend, nth: 90, done: false, left: true},
	{title: 'in the middle of sending, after one worked', request: isSend, nth: 110, done: true, left: true},
	{title: 'in the middle of looking', request: isLook, nth: 130, done: true, left: true},
	{title: 'when the last request has worked', request: isSend, nth: 190, done: true, left: true},
	// The first list served the query; the next one serves the following of many.
	{title: 'while it follows', request: isList, nth: 2, done: true, left: true},
];

/** A server that remembers which ends it has shown to somebody who asked for one job, and each request to a job after that. */
const openWitness = async (context: TestContext) => {
	const far = await openFar(context);
	const {server, world} = far;
	const ids = Array.from({length: jobs}, (_, n) =>
		server.add('running', {
			name: `job-${n}`,
			process: 'sleeper',
			// Some end in the very moment after a look.
			...(n % 40 === 3 && {quirk: 'ends-when-looked-at' as const}),
		}),
	);
	const shownEnded = new Set<string>();
	const sentAfterEnd: string[] = [];
	let begun = false;
	let counted = 0;
	let kill: (() => void) | undefined;
	let moment: Moment | undefined;

	const witness: FaultHandler = async (response, work) => {
		const request = server.requests().at(-1) as Request;
		const id = /^\/jobs\/([^/?]+)/.exec(request.path)?.[1] ?? '';
		if (isLook(request) && !begun) {
			begun = true;
			// Others end by themselves while the batch goes on.
			for (let n = 7; n < jobs; n += 20) world.stop(n, n * 5, 'succeeded');
		}
		if (isSend(request) && shownEnded.has(id)) sentAfterEnd.push(id);
		const now = moment?.request(request) ? moment : undefined;
		if (now) counted++;
		const killsHere = now !== undefined && counted === now.nth;
		if (killsHere) kill?.();
		if (killsHere && !now.done) return void response.socket?.destroy();
		const answer = await work();
		if (killsHere) return void response.socket?.destroy();
		if (isLook(request) && /"status":"(?:successful|failed|dismissed)"/.test(answer.body)) shownEnded.add(id);
		send(response, answer);
	};
	server.setFault(witness);
	return {
		...far,
		ids,
		sentAfterEnd,
		killAt(when: Moment, how: () => void) {
			moment = when;
			kill = how;
		},
	};
};

for (const moment of moments) {
	test(`a program that is killed ${moment.title} loses nothing`, async context => {
		const far = await openWitness(context);
		const {server, ids, env, state, jobtop} = far;
		const {child, result} = startCli(['cancel', '--query', 'state:active', '-y', '-o', 'json'], {env});
		far.killAt(moment, () => child.kill('SIGKILL'));
		const {code} = await result;
		assert.equal(code, null, 'it was killed');
		const journal = join(state, 'batches', '1.jsonl');
		if (!moment.left) {
			assert.ok(!existsSync(journal), 'nothing was promised');
			assert.deepEqual(far.deletes(), []);
			return;
		}
		const before = readFileSync(journal, 'utf8');
		const {stdout, stderr, code: after} = await jobtop(['batches', 'resume', '1', '-o', 'json']);
		assert.ok(after === 0 || after === 6, `${after}: ${stderr}`);
		const {results, counts} = JSON.parse(stdout) as {
			readonly results: readonly {readonly ref: string; readonly outcome: string}[];
			readonly counts: Readonly<Record<string, number>>;
		};
		assert.equal(results.length, jobs, 'nothing is forgotten');
		assert.deepEqual(new Set(results.map(({ref}) => ref)), new Set(ids.map(id => `weaver/${id}`)));
		assert.deepEqual(
			Object.keys(counts).filter(
				kind => !['cancelled', 'finished-first', 'already-cancelled'].includes(kind),
			),
			[],
		);
		for (const {ref, outcome} of results) {
			const id = ref.slice('weaver/'.length);
			const phase = server.job(id)?.phase;
			const dismissals = server.history(id).filter(({what}) => what === 'dismiss');
			const destroyed = dismissals.some(({effect}) => effect === 'destroyed');
			if (outcome === 'finished-first') {
				assert.equal(phase, 'succeeded', `${ref} was ${outcome}`);
				assert.ok(!destroyed, `the results of ${ref} are there`);
				continue;
			}
			// An end in the moment between a look and the request: Weaver calls that dismissed, and nobody can know better.
			assert.equal(phase, 'cancelled', `${ref} was ${outcome}`);
			assert.ok(dismissals.length > 0, `a request reached ${ref}`);
			if (outcome === 'already-cancelled') assert.ok(!before.includes(`"sending","ref":"${ref}"`), ref);
		}
		assert.deepEqual(far.sentAfterEnd, [], 'nothing is sent to a job that was seen ended');
	});
}
