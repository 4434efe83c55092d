import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

/** A TensorPool of its own. */
export const openTensorpool = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		const server = await startTensorpoolServer({world, clock, seed: 'fake', key: secret});
		const backend = tensorpool.connect('far', {
			url: server.url,
			headers: () => ({authorization: `Bearer ${secret}`}),
			limits: {headersMs: 1500},
		});
		return {
			traits: tensorpool.traits,
			backend,
			server,
			idFor: n => `j-far${n}`,
			process: 'sleeper',
			phases: {...commonPhases, stopping: 'running'},
			words: {stopping: 'CANCELING'},
			spoil: record => ({...record, id: 17}),
		};
	});
