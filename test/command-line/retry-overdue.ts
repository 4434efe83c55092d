/*
Retrying an unfinished batch asks again for an overdue job, once and after a look, as the screen does.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {weaver} from '../../source/backends/weaver/index.ts';
import {followBatch} from '../../source/command-line/cancelling/follow-batch.ts';
import {targetOf} from '../../source/job/target.ts';
import {diskIdle, openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';

for (const asksAgain of [true, false]) {
	test(`an overdue job of an unfinished batch is ${asksAgain ? 'asked again once by retry' : 'left alone by resume'}`, async context => {
		const far = await openWeaverServer(context);
		const id = far.server.add('running', {name: 'a', process: 'sleeper'});
		const state = temporaryDirectory(context);
		const calls: string[] = [];
		// Both engines use it, one after the other.
		const {close, ...backend} = weaver.connect('w', {url: far.server.url, pageSize: 3});
		context.after(() => close?.());
		const get = backend.get as NonNullable<typeof backend.get>;
		let awaited = 0;
		const counted = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
			awaited++;
			return call.finally(() => awaited--);
		};
		const connection = {
			profile: 'w',
			traits: weaver.traits,
			backend: {
				...backend,
				listPage: (...parameters: Parameters<typeof backend.listPage>) =>
					counted(backend.listPage(...parameters)),
				get(...parameters: Parameters<typeof get>) {
					calls.push('look');
					return counted(get(...parameters));
				},
				// It is accepted, and never happens.
				async cancel() {
					calls.push('cancel');
					return {kind: 'accepted'} as const;
				},
			},
		};
		const first = openEngine(context, far, state, {connection});
		first.engine.start();
		await first.engine.cancel([targetOf(await first.listed(id))]);
		await first.until(
			'it is accepted',
			known => known.cancellations.get(first.refTo(id))?.acceptedAt !== undefined,
		);
		await first.engine.stop();

		const sent = () => calls.filter(call => call === 'cancel').length;
		let isOverdue = false;
		let again = false;
		const followed = followBatch({
			connections: [connection],
			clock: far.time.clock,
			stateDirectory: state,
			begin: async engine => (await engine.resume(1)) ?? assert.fail('it is unfinished'),
			waitFor: 'terminal',
			timeoutMs: 900_000,
			asksAgain,
			onReport({outcome, step}) {
				if (isOverdue && !outcome && step === 'following') again = true;
				isOverdue ||= outcome?.kind === 'overdue';
			},
			onWarning: text => assert.fail(text),
		});
		let done = false;
		void followed.finally(() => {
			done = true;
		});
		while (!done) {
			await new Promise(resolve => setImmediate(resolve));
			await diskIdle();
			// The clock goes on only while no call is under way.
			if (awaited === 0) await far.time.advance(1000);
		}
		const {left, reports} = await followed;
		assert.equal(left, 'timeout');
		assert.equal([...reports.values()][0]?.outcome?.kind, 'overdue');
		assert.equal(isOverdue, true);
		assert.equal(again, asksAgain);
		assert.equal(sent(), asksAgain ? 2 : 1);
		if (asksAgain) assert.equal(calls[calls.lastIndexOf('cancel') - 1], 'look');
	});
}
