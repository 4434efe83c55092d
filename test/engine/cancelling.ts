/*
The answer to a request to cancel names the batch that follows its jobs: a new one, or the one in which they are asked again.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createCancelling} from '../../source/engine/cancelling.ts';
import type {Batch, Patch} from '../../source/engine/protocol.ts';
import type {Ref} from '../../source/job/ref.ts';
import {type JobTarget, targetOf} from '../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';

/** Cancels with jobs that are followed already, each in its batch; the next batch is number 9. */
const cancellingWith = (batches: ReadonlyMap<Ref, number>) => {
	const patches: Patch[] = [];
	const cancelling = createCancelling({
		runner: {
			batchOf: ref => batches.get(ref),
			forbids: ref => batches.has(ref),
			force: refs => refs.filter(ref => !batches.has(ref)),
			repeat: targets => targets.map(({ref}) => ref),
			start: async targets => ({number: 9, refs: targets.map(({ref}) => ref)}) as unknown as Batch,
		},
		readOnly: false,
		report: each => patches.push(...each),
		notify: () => undefined,
		checkFiles: () => undefined,
	});
	return {cancelling, patches};
};

const target = (ref: Ref): JobTarget => ({ref, name: ref, phase: 'running', status: 'running'});

test('the answer names the new batch, or else the batch of a job that is asked again', async () => {
	const {cancelling, patches} = cancellingWith(
		new Map([
			['a/1', 3],
			['a/2', 4],
		]),
	);
	const batchesFor = async (...refs: readonly Ref[]) => {
		await cancelling.cancelAndReport(refs.map(target));
		const answer = patches.pop();
		return answer?.type === 'asked' && answer.taken ? answer.batch : undefined;
	};
	assert.equal(await batchesFor('a/7', 'a/8'), 9);
	assert.equal(await batchesFor('a/2', 'a/1'), 4);
	assert.equal(await batchesFor('a/1', 'a/8'), 9);
	cancelling.force(['a/7', 'a/1']);
	assert.deepEqual(patches, [{type: 'asked', kind: 'force', refs: ['a/7', 'a/1'], taken: true, batch: 3}]);
});

test('each batch of an engine is named once its journal is written', async context => {
	const far = await openWeaverServer(context);
	const ids = ['a', 'b'].map(name => far.server.add('running', {name, process: 'sleeper'}));
	const {engine, listed, until, patches} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	for (const [index, id] of ids.entries()) {
		engine.handle({type: 'cancel', targets: [targetOf(await listed(id))]});
		const batch = index + 1;
		await until('it is accepted', () => patches.some(each => each.type === 'asked' && each.batch === batch));
		const order = patches.map(each =>
			each.type === 'batch'
				? `batch ${each.batch.number}`
				: each.type === 'asked'
					? `asked ${each.batch}`
					: '',
		);
		assert.ok(order.indexOf(`batch ${batch}`) < order.indexOf(`asked ${batch}`), 'the batch is known before');
	}
});
