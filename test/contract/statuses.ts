/*
What holds for the words and times of every system: both spellings, words that nobody knows, and whatever zone a time is written in.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {backends} from '../../source/backends/index.ts';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {startDemo} from '../../source/demo/index.ts';
import type {Job} from '../../source/job/job.ts';
import {isEnd, normalizeStatus, phaseOf} from '../../source/job/phase.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

for (const [name, {traits}] of Object.entries(backends)) {
	test(`${name} says cancelled and cancelling in either spelling, in any case`, () => {
		const words = Object.keys(traits.statuses).filter(word => /cancel/.test(word));
		for (const word of words) {
			const british = word.replace(/cancel(?=ed|ing)/, 'cancell');
			for (const spelling of [word, british, word.toUpperCase(), british.toUpperCase()]) {
				assert.equal(phaseOf(traits.statuses, spelling), traits.statuses[word], spelling);
			}
		}
		assert.equal(phaseOf(traits.statuses, 'cancelled'), 'cancelled');
	});

	test(`${name} takes no word that it does not know for an end`, () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.constantFrom(
						'constructor',
						'__proto__',
						'DONE?',
						'not cancelled',
						'canceled soon',
						'unfinished',
					),
				),
				word => {
					if (Object.hasOwn(traits.statuses, normalizeStatus(word))) return;
					assert.equal(phaseOf(traits.statuses, word), 'unknown');
					assert.equal(isEnd(phaseOf(traits.statuses, word)), false);
				},
			),
		);
	});
}

/** The same moment as somebody else writes it. */
const writings: Readonly<Record<string, (at: Date) => string>> = {
	'two hours east': at => new Date(at.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00'),
	'half past three west, without a colon': at =>
		new Date(at.getTime() - 3.5 * 3_600_000).toISOString().replace('Z', '-0330'),
	'without a zone': at => at.toISOString().replace('Z', ''),
	'without a zone, with a space and six digits': at => at.toISOString().replace('Z', '000').replace('T', ' '),
};

const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?$/;

const rewrite = (value: unknown, write: (at: Date) => string): unknown => {
	if (typeof value === 'string') {
		if (!isTime.test(value)) return value;
		const zoned = /(?:Z|\+00:00)$/.test(value) ? value : `${value}Z`;
		return write(new Date(zoned.replace(/(\.\d{3})\d+/, '$1')));
	}
	if (Array.isArray(value)) return value.map(part => rewrite(part, write));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rewrite(part, write)]));
};

test('a job reads the same in whatever zone its times are written', async t => {
	const demo = await startDemo({clock: createManualClock().clock, jobs: 12});
	t.after(demo.close);
	const connections = await connectAll(demoSettings(demo.profiles), demo.env);
	t.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	const {signal} = new AbortController();
	const read = async (): Promise<readonly Job[]> =>
		(
			await Promise.all(
				connections.map(
					async ({backend}) => (await backend.listPage({everyone: true, ended: true, signal})).jobs,
				),
			)
		).flat();
	const before = await read();
	const timed = before.filter(({createdAt}) => createdAt !== undefined);
	// TensorPool tells no times.
	assert.equal(new Set(timed.map(({profile}) => profile)).size, 5);
	const rewritten = new Set<string>();
	for (const [how, write] of Object.entries(writings)) {
		for (const [system, server] of Object.entries(demo.servers)) {
			for (const id of server.ids()) {
				server.distort(id, record => {
					const changed = rewrite(record, write);
					if (JSON.stringify(changed) !== JSON.stringify(record)) rewritten.add(system);
					return changed;
				});
			}
		}
		assert.deepEqual(await read(), before, how);
	}
	assert.equal(rewritten.size, 5);
});
