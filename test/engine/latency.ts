import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {keptFile} from '../../source/engine/kept-file.ts';
import {createLatencies} from '../../source/engine/latency.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

test('what is usual is known from twenty ends on, and from the latest two hundred', context => {
	const latencies = createLatencies({stateDirectory: temporaryDirectory(context)}, createManualClock().clock);
	for (let ms = 1; ms <= 19; ms++) latencies.add('w', ms * 1000);
	assert.equal(latencies.of('w'), undefined);
	latencies.add('w', 20_000);
	assert.deepEqual(latencies.of('w'), {p50Ms: 10_000, p95Ms: 19_000, samples: 20});
	for (let index = 0; index < 200; index++) latencies.add('w', 7);
	assert.deepEqual(latencies.of('w'), {p50Ms: 7, p95Ms: 7, samples: 200});
	assert.equal(latencies.of('other'), undefined);
});

test('95 of 100 do not exceed the p95, and half of them not the p50', context => {
	const directory = temporaryDirectory(context);
	fc.assert(
		fc.property(fc.array(fc.nat(1e6), {minLength: 20, maxLength: 200}), values => {
			const latencies = createLatencies({stateDirectory: directory}, createManualClock().clock);
			for (const value of values) latencies.add('w', value);
			const {p50Ms = 0, p95Ms = 0} = latencies.of('w') ?? {};
			const within = (limit: number) => values.filter(value => value <= limit).length / values.length;
			assert.ok(within(p50Ms) >= 0.5 && within(p50Ms - 1) < 0.5);
			assert.ok(within(p95Ms) >= 0.95 && within(p95Ms - 1) < 0.95);
		}),
	);
});

test('the next run knows it, and no half file is ever there', async context => {
	const directory = join(temporaryDirectory(context), 'state');
	const first = createLatencies({stateDirectory: directory}, createManualClock().clock);
	for (let ms = 1; ms <= 20; ms++) first.add('w', ms);
	await first.close();
	assert.deepEqual(readdirSync(directory), ['latency.json']);
	const second = createLatencies({stateDirectory: directory}, createManualClock().clock);
	assert.deepEqual(second.of('w'), {p50Ms: 10, p95Ms: 19, samples: 20});
});

test('another configuration has its own, whatever its profiles are called', async context => {
	const stateDirectory = temporaryDirectory(context);
	const first = createLatencies(
		{stateDirectory, configuration: '/served/demo.toml'},
		createManualClock().clock,
	);
	for (let ms = 1; ms <= 20; ms++) first.add('w', ms);
	await first.close();
	const open = (place: {readonly configuration?: string}) =>
		createLatencies({stateDirectory, ...place}, createManualClock().clock).of('w');
	assert.equal(open({}), undefined);
	assert.equal(open({configuration: '/other.toml'}), undefined);
	assert.equal(open({configuration: '/served/demo.toml'})?.samples, 20);
});

test('many ends are one writing, a while after the first', async context => {
	const directory = temporaryDirectory(context);
	const {clock, advance} = createManualClock();
	const latencies = createLatencies({stateDirectory: directory}, clock);
	for (let ms = 1; ms <= 20; ms++) latencies.add('w', ms);
	await advance(4999);
	assert.deepEqual(readdirSync(directory), []);
	await advance(1);
	await latencies.close();
	assert.match(
		readFileSync(keptFile('latency', {stateDirectory: directory}), 'utf8'),
		/^\{"version":1,"profiles":\{"w":\[1,2,3/,
	);
});

for (const [what, content] of [
	['half a file', '{"version":1,"profiles":{"w":[1,2'],
	['no JSON', '\u0000\u0000\u0000'],
	['another version', '{"version":9,"profiles":{"w":[1]}}'],
	['other things than numbers', '{"version":1,"profiles":{"w":[1,"2",null,-3,[],{}],"v":7}}'],
] as const) {
	test(`${what} is replaced`, async context => {
		const directory = temporaryDirectory(context);
		writeFileSync(keptFile('latency', {stateDirectory: directory}), content);
		const latencies = createLatencies({stateDirectory: directory}, createManualClock().clock);
		assert.equal(latencies.of('w'), undefined);
		for (let ms = 1; ms <= 20; ms++) latencies.add('w', 5);
		assert.equal(latencies.of('w')?.p50Ms, 5);
		await latencies.close();
		JSON.parse(readFileSync(keptFile('latency', {stateDirectory: directory}), 'utf8'));
	});
}

test('where it cannot be written, nothing is lost but that', async context => {
	const directory = join(temporaryDirectory(context), 'state');
	mkdirSync(keptFile('latency', {stateDirectory: directory}), {recursive: true});
	const latencies = createLatencies({stateDirectory: directory}, createManualClock().clock);
	for (let ms = 1; ms <= 20; ms++) latencies.add('w', 5);
	await latencies.close();
	assert.equal(latencies.of('w')?.samples, 20);
});
