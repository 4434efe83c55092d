import {kubernetes} from '../../source/backends/kubernetes/index.ts';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import {commonPhases, openEmbedded} from './embedded.ts';
import {type Remote, secret} from './remote.ts';

const {cancelled: _, ...keptPhases} = commonPhases;

/** A Kubernetes of its own, in one namespace. */
export const openKubernetes = (): Promise<Remote> =>
	openEmbedded(async ({world, time: {clock}}) => {
		const server = await startKubernetesServer({
			world,
			clock,
			seed: 'fake',
			token: secret,
			namespaces: ['lab'],
		});
		const reached = {
			namespace: 'lab',
			http: {
				url: server.url,
				headers: () => ({authorization: `Bearer ${secret}`}),
				limits: {headersMs: 1500},
			},
		};
		const backend = kubernetes.connect('far', {
			access: {known: reached, reach: async () => reached},
			pageSize: 3,
		});
		return {
			traits: kubernetes.traits,
			backend,
			server,
			idFor: n => `lab/train-${n}`,
			process: 'sleeper',
			namedById: true,
			wordless: true,
			// Nothing in a record says cancelled: it is removed.
			phases: {...keptPhases, held: 'held'},
			spoil: record => ({...record, metadata: {...(record.metadata as object), uid: 17}}),
		};
	});
