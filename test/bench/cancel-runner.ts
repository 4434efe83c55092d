/*
Cancels many jobs, with jobtop and with a bare pool. Bundled by bulk-cancel.ts as the program is: what runs the tests keeps the names of functions, and that costs something each time one is made.
*/
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Pool} from 'undici';
import type {RequestLine} from '../../source/demo/server.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {refOf} from '../../source/job/ref.ts';
import {systemClock} from '../../source/process/clock.ts';
import {credentials, type SystemName, systems} from '../helpers/many.ts';

const concurrency = 4;

/** A server, and the ids of its jobs. */
type Far = {readonly url: string; readonly ids: readonly string[]};

/** Milliseconds from the confirmation until every request is answered. The reports of that come up to 50 ms later, together. */
export const cancelWithJobtop = async (name: SystemName, {url, ids}: Far): Promise<number> => {
	const stateDirectory = mkdtempSync(join(tmpdir(), 'jobtop-bench-'));
	const answered = new Map<string, number>();
	const done = Promise.withResolvers<void>();
	const engine = createEngine({
		connections: [{profile: 'far', ...systems[name].connect(url, concurrency)}],
		clock: systemClock,
		stateDirectory,
		scope: {everyone: true, ended: true},
		park: false,
		report(patches) {
			for (const patch of patches) {
				if (patch.type !== 'cancellations') continue;
				for (const {ref, acceptedAt, settledAt} of patch.reports) {
					const at = acceptedAt ?? settledAt;
					if (at !== undefined) answered.set(ref, at);
				}
			}
			if (answered.size === ids.length) done.resolve();
		},
	});
	const targets = ids.map(id => ({ref: refOf('far', id), name: id, phase: 'running', status: ''}) as const);
	const from = Date.now();
	await engine.cancel(targets);
	await done.promise;
	await engine.stop();
	rmSync(stateDirectory, {recursive: true, force: true});
	return Math.max(...answered.values()) - from;
};

/** Milliseconds for the same requests. Those of Kubernetes name the record that a page of the list showed: its pages come first. */
export const sendBare = async (
	name: SystemName,
	{url}: Far,
	requests: readonly RequestLine[],
): Promise<number> => {
	const pool = new Pool(url, {connections: concurrency, pipelining: 1});
	const headers = {accept: 'application/json', ...credentials[name]};
	const conditions = new Map<string, Condition>();
	const waiting = requests.values();
	const one = async () => {
		for (const {method, path} of waiting) {
			const condition = conditions.get(path);
			const body = condition ? deletion(condition) : null;
			const answer = await pool.request({method: method as 'GET', path, headers, body});
			const read = await answer.body.json().catch(() => undefined);
			if (name === 'kubernetes') for (const each of conditionsIn(read)) conditions.set(...each);
		}
	};
	const from = performance.now();
	await Promise.all(Array.from({length: concurrency}, one));
	const ms = performance.now() - from;
	await pool.close();
	return ms;
};

/** Which record is meant: if it has changed, nothing is deleted. */
type Condition = {readonly uid: string; readonly resourceVersion: string};

/** Those of a page of jobs, by the path of each. */
const conditionsIn = (page: unknown): readonly (readonly [path: string, condition: Condition])[] => {
	const {items = []} = page as {readonly items?: readonly {readonly metadata: Metadata}[]};
	return items.map(({metadata: {namespace, name, uid, resourceVersion}}) => [
		`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`,
		{uid, resourceVersion},
	]);
};

type Metadata = Condition & {readonly namespace: string; readonly name: string};

const deletion = (preconditions: Condition): string =>
	JSON.stringify({kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', preconditions});
