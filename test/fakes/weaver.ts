import {weaver} from '../../source/backends/weaver/index.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

/** A Weaver of its own. */
export const openWeaver = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		const server = await startWeaverServer({world, clock, seed: 'fake', token: secret});
		const backend = weaver.connect('far', {
			url: server.url,
			headers: () => ({authorization: `Bearer ${secret}`}),
			pageSize: 3,
			limits: {headersMs: 1500},
		});
		return {
			traits: weaver.traits,
			backend,
			server,
			idFor: n => createUuid(createRandom(seedOf('fake job', n))),
			process: 'sleeper',
			phases: {...commonPhases, held: 'held'},
			spoil: record => ({...record, id: 17, jobID: null, status: ['running']}),
		};
	});
