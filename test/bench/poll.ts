/*
What the engine spends on a poll of many jobs over HTTP, of which a hundredth has changed. Beside what nobody can do without: the same pages fetched with a bare pool and through `JSON.parse`. The processor time of a whole process, collections and compilations included; each measurement is a process of its own.

The first poll is that of a program that has just started. A program polls for hours, so a later one is measured once V8 has compiled what it compiles: `warm` polls come before.
*/
import {fork} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {bundle} from '../../scripts/bundle.js';
import {least, type Result, type Settings} from './measure.ts';
import type {ListKind, PollCosts, PollTask} from './poll-runner.ts';
import {startJobsServer} from './program.ts';

const budget = 1.3;
/** Polls before those that are measured, and polls that are measured. */
const warm = 10;
const measured = 5;

/** With the longest list that is measured: a hundred thousand jobs of Kubernetes are a quarter of a gigabyte. */
const lists: Readonly<Record<ListKind, {readonly title: string; readonly most: number}>> = {
	weaver: {title: 'Weaver', most: Number.POSITIVE_INFINITY},
	kubernetes: {title: 'Kubernetes', most: 10_000},
};

type Costs = {readonly first: number; readonly later: number; readonly parse: number};

const run = async (runner: string, task: PollTask): Promise<Costs> => {
	const child = fork(runner);
	const answer = new Promise<PollCosts>((resolve, reject) => {
		child.once('message', costs => resolve(costs as PollCosts));
		child.once('exit', () => reject(new Error('the runner ended without an answer')));
	});
	child.send(task);
	const costs = await answer;
	const later = costs.slice(1 + warm);
	return {
		first: costs[0]?.all ?? Number.NaN,
		later: least(later.map(({all}) => all)),
		parse: least(later.map(({parse}) => parse)),
	};
};

const leastOf = (all: readonly Costs[]): Costs => ({
	first: least(all.map(({first}) => first)),
	later: least(all.map(({later}) => later)),
	parse: least(all.map(({parse}) => parse)),
});

/** jobtop and a bare pool in turn. */
const measurePolls = async (runner: string, kind: ListKind, size: number, rounds: number) => {
	const server = await startJobsServer(size, {kind});
	const task = {kind, url: server.url, size, polls: 1 + warm + measured};
	const ours: Costs[] = [];
	const bare: Costs[] = [];
	try {
		for (let round = 0; round < rounds; round++) {
			bare.push(await run(runner, {...task, isBare: true}));
			ours.push(await run(runner, {...task, isBare: false}));
		}
	} finally {
		server.close();
	}
	return {ours: leastOf(ours), bare: leastOf(bare)};
};

export async function* poll({jobs = [10_000, 100_000], rounds}: Settings): AsyncGenerator<Result> {
	const folder = mkdtempSync('dist.bench-');
	writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
	try {
		await bundle({runner: 'test/bench/poll-runner.ts'}, folder);
		for (const size of jobs) {
			for (const kind of Object.keys(lists) as ListKind[]) {
				const {title, most} = lists[kind];
				if (size > most) continue;
				yield* pollsOf(title, size, await measurePolls(join(folder, 'runner.js'), kind, size, rounds));
			}
		}
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

function* pollsOf(
	title: string,
	size: number,
	{ours, bare}: {readonly ours: Costs; readonly bare: Costs},
): Generator<Result> {
	yield {
		what: `the first poll of ${size} jobs, ${title}`,
		value: `${ours.first.toFixed(0)} ms CPU`,
		yardstick: `fetched and parsed by a new process (${bare.first.toFixed(0)} ms)`,
		ratio: ours.first / bare.first,
	};
	const {later, parse} = bare;
	yield {
		what: `a later poll of ${size} jobs, ${title}`,
		value: `${ours.later.toFixed(0)} ms CPU`,
		yardstick: `fetched and parsed (${(later - parse).toFixed(0)} + ${parse.toFixed(0)} ms)`,
		ratio: ours.later / later,
		budget: `${budget}`,
		kept: ours.later <= budget * later,
	};
}
