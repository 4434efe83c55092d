import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../source/engine/protocol.ts';
import {createRowReports} from '../../source/engine/row-reports.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {job} from '../helpers/screen-facts.ts';

const open = (rowCount: number) => {
	const {clock, advance} = createManualClock();
	const reported: Patch[] = [];
	const reports = createRowReports({
		clock,
		profiles: {rowCount: () => rowCount},
		report: patches => void reported.push(...patches),
		beforeRows: () => undefined,
	});
	/** The jobs of each report so far. */
	const told = () =>
		reported.map(patch => (patch.type === 'jobs' ? patch.upserts.map(({id}) => id) : [patch.type]));
	return {reports, advance, told};
};

test('the changed rows of pages wait for others, and longer where each report goes over many rows', async () => {
	for (const [rowCount, ms] of [
		[19_999, 200],
		[20_000, 1000],
	] as const) {
		const {reports, advance, told} = open(rowCount);
		reports.gather([job('p/1')]);
		await advance(ms - 1);
		reports.gather([job('p/2')]);
		assert.deepEqual(told(), []);
		await advance(1);
		assert.deepEqual(told(), [['1', '2']]);
		reports.stop();
	}
});

test('what was seen otherwise is reported at once, behind what waits', () => {
	const {reports, told} = open(20_000);
	reports.gather([job('p/1')]);
	reports.reportNow([job('p/2')]);
	assert.deepEqual(told(), [['1', '2']]);
	reports.stop();
});
