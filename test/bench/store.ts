/*
What the screen's store does with many rows: one changed row, a hundredth of them, a filter as it is typed, another sort. Beside a plain pass over the same rows, in the same process.
*/

import type {Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {filterBy, sortTable} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {least, type Result, type Settings} from './measure.ts';

const now = Date.UTC(2026, 10, 23, 12);
const clock = {now: () => now, after: () => () => undefined};

const job = (index: number, percent: number): Job => ({
	ref: `w/${index}`,
	profile: 'w',
	backend: 'weaver',
	id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
	name: `process-${index % 40}`,
	mine: true,
	phase: index % 3 === 0 ? 'queued' : 'running',
	status: index % 3 === 0 ? 'accepted' : 'running',
	terminal: false,
	createdAt: now - ((index * 7919) % 1_000_000) * 1000,
	progress: {percent},
});

/** Milliseconds of processor time. */
const cpuOf = (work: () => void): number => {
	const before = process.cpuUsage();
	work();
	const {user, system} = process.cpuUsage(before);
	return (user + system) / 1000;
};

const measureStore = (size: number) => {
	const store = createJobStore({clock, send: () => undefined});
	const told = (upserts: readonly Job[]): readonly Patch[] => [{type: 'jobs', upserts, removes: []}];
	const all = Array.from({length: size}, (_, index) => job(index, 10));
	store.receive(told(all));
	const some = (share: number, percent: number) =>
		told(Array.from({length: Math.max(1, size * share)}, (_, index) => job((index * 97) % size, percent)));
	const patches = [20, 30, 40].map(percent => [some(0, percent), some(0.01, percent)] as const);
	let seen = 0;
	const pass = cpuOf(() => {
		for (let round = 0; round < 10; round++) {
			for (const {name} of store.getState().known.jobs.byRef.values()) if (name.includes('39')) seen++;
		}
	});
	if (seen === 0) throw new Error('the plain pass found nothing');
	return {
		pass: pass / 10,
		one: least(patches.map(([one]) => cpuOf(() => store.receive(one)))),
		hundredth: least(patches.map(([, many]) => cpuOf(() => store.receive(many)))),
		// One letter more each time, as it is typed; the first is the dearest.
		filter: least(
			['process-3', 'process-2', 'process-1'].map(filter => {
				const ms = cpuOf(() => store.change(filterBy(filter)));
				store.change(filterBy(''));
				return ms;
			}),
		),
		sort: least(
			['name', 'id', 'age'].map(column => cpuOf(() => store.change(sortTable({column, descending: false})))),
		),
	};
};

export async function* store({jobs = [1000, 100_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const measured = Array.from({length: rounds}, () => measureStore(size));
		const of = (key: keyof (typeof measured)[number]) => least(measured.map(each => each[key]));
		const yardstick = `one pass over ${size} rows (${of('pass').toFixed(1)} ms)`;
		const result = (what: string, ms: number): Result => ({
			what: `${what}, ${size} jobs`,
			value: `${ms.toFixed(1)} ms CPU`,
			yardstick,
			ratio: ms / of('pass'),
		});
		yield result('one row changed', of('one'));
		yield result('a hundredth changed', of('hundredth'));
		yield result('filter typed', of('filter'));
		yield result('another sort', of('sort'));
	}
}
