import {tapis} from '../../source/backends/tapis/index.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

/** A Tapis of its own. */
export const openTapis = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		// The clock stands still after a request: a worker that notices later never does.
		const server = await startTapisServer({world, clock, seed: 'fake', token: secret, noticeMs: 0});
		const backend = tapis.connect('far', {
			url: server.url,
			headers: () => ({'X-Tapis-Token': secret}),
			pageSize: 3,
			limits: {headersMs: 1500},
		});
		return {
			traits: tapis.traits,
			backend,
			server,
			idFor: n => `${createUuid(createRandom(seedOf('fake job', n)))}-007`,
			process: 'sleeper',
			phases: {...commonPhases, held: 'held', starting: 'queued'},
			words: {starting: 'STAGING_JOB'},
			spoil: record => ({...record, uuid: 17}),
		};
	});
