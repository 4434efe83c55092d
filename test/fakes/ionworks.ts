import {ionworks} from '../../source/backends/ionworks/index.ts';
import {startIonworksServer} from '../../source/demo/ionworks-server.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

/** An Ionworks of its own. */
export const openIonworks = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		const server = await startIonworksServer({world, clock, seed: 'fake', key: secret});
		const backend = ionworks.connect('far', {
			url: server.url,
			headers: () => ({'X-API-Key': secret}),
			pageSize: 3,
			limits: {headersMs: 1500},
		});
		return {
			traits: ionworks.traits,
			backend,
			server,
			idFor: n => createUuid(createRandom(seedOf('fake job', n))),
			process: 'datafit',
			unnamed: true,
			phases: commonPhases,
			spoil: record => ({...record, job_id: 17, status: ['processing']}),
		};
	});
