/*
One frame at 120x40 in which one row changed, warm: its CPU and its bytes, beside the same screen drawn by Ink without our last step.
*/
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {bundle} from '../../scripts/bundle.js';
import {least, type Result, type Settings} from './measure.ts';

type Frame = {readonly cpu: number; readonly bytes: number};

export async function* frame({jobs = [1000], rounds}: Settings): AsyncGenerator<Result> {
	const folder = mkdtempSync('dist.bench-');
	try {
		const entry = {frame: 'test/bench/frame-runner.tsx'};
		await bundle(entry, join(folder, 'lean'));
		await bundle(entry, join(folder, 'stock'), {stockOutput: true});
		const draw = (kind: string, size: number): Frame =>
			JSON.parse(
				execFileSync(process.execPath, [join(folder, kind, 'frame.js'), String(size)], {encoding: 'utf8'}),
			);
		for (const size of jobs) {
			const lean: Frame[] = [];
			const stock: Frame[] = [];
			for (let round = 0; round < rounds; round++) {
				lean.push(draw('lean', size));
				stock.push(draw('stock', size));
			}
			const cpu = least(lean.map(each => each.cpu));
			const inks = least(stock.map(each => each.cpu));
			const bytes = least(lean.map(each => each.bytes));
			yield {
				what: `one row of ${size} changed, 120x40`,
				value: `${cpu.toFixed(1)} ms CPU`,
				yardstick: `Ink's own output (${inks.toFixed(1)} ms)`,
				ratio: cpu / inks,
				budget: '2.5 ms',
				kept: cpu <= 2.5,
			};
			yield {
				what: '',
				value: `${bytes.toFixed(0)} bytes`,
				yardstick: 'the whole screen (4,800 cells)',
				ratio: bytes / 4800,
				budget: '500 bytes',
				kept: bytes <= 500,
			};
		}
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}
