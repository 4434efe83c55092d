import {dex} from '../../source/backends/dex/index.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

/** A Dex of its own, with one project. */
export const openDex = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		const [project, account] = ['proj_far', 'acc_far'];
		const server = await startDexServer({
			world,
			clock,
			seed: 'fake',
			key: secret,
			account,
			projects: [project],
			// The clock stands still after a request: a workflow that takes notice later never does.
			noticeMs: 0,
		});
		const backend = dex.connect('far', {
			url: server.url,
			project,
			headers: () => ({'x-api-key': secret, 'x-selected-account-id': account}),
			pageSize: 3,
			limits: {headersMs: 1500},
		});
		return {
			traits: dex.traits,
			backend,
			server,
			idFor: n => `job_far_${n}`,
			process: 'parse',
			unnamed: true,
			phases: {...commonPhases, partial: 'succeeded'},
			words: {partial: 'partially_succeeded'},
			spoil: record => ({...record, id: 17, status: ['running']}),
		};
	});
