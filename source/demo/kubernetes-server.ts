/*
An embedded API server of Kubernetes with the controllers of Jobs: records with uid and resourceVersion, conditional deletion, finalizers, namespaces and pages.
*/
import {type Answer, json} from './faults.ts';
import {patch, remove} from './kubernetes-changes.ts';
import {partsOf, podLog, podName, podRecords} from './kubernetes-pods.ts';
import {eventRecords} from './kubernetes-records.ts';
import {
	forbidden,
	type KubernetesServerOptions,
	type KubernetesService,
	listed,
	notFound,
	type Standing,
	sent,
	standingOf,
	status,
} from './kubernetes-service.ts';
import {createNamedJobs, type JobControls} from './named-jobs.ts';
import {seedOf} from './random.ts';
import {type Call, type DemoServer, serve} from './server.ts';

export type KubernetesServer = DemoServer &
	JobControls & {
		/** Changes the record without a change of the job: its resourceVersion is another one. */
		readonly touch: (id: string) => void;
		/** Deletes the record and makes another one of the same name. */
		readonly recreate: (id: string) => void;
		/** The marks of pages that were given out lead nowhere. */
		readonly expirePages: () => void;
		/** What one may not do: `list *`, `list lab`, `pods lab`, `delete lab`, `patch lab`. */
		readonly denied: Set<string>;
	};

export const startKubernetesServer = async (options: KubernetesServerOptions): Promise<KubernetesServer> => {
	const {world, clock, seed, namespaces} = options;
	const jobs = createNamedJobs(world, index => {
		const namespace = namespaces[seedOf(seed, 'namespace', index) % namespaces.length];
		const {name = ''} = world.job(index)?.plan ?? {};
		return `${namespace}/${objectName(name) || objectName(String(index))}`;
	});
	let version = 1000;
	let epoch = 0;
	const service: KubernetesService = {
		graceMs: 3000,
		...options,
		jobs,
		denied: new Set(['list *']),
		touched: new Map(),
		made: new Map(),
		versions: new Map(),
		nextVersion: () => String(++version),
		pageEpoch: () => epoch,
	};
	const server = await serve(call => answer(service, call), clock, options.port);
	return {
		...server,
		...jobs.controls,
		denied: service.denied,
		touch: id => void service.touched.set(id, (service.touched.get(id) ?? 0) + 1),
		recreate: id => void service.made.set(id, (service.made.get(id) ?? 0) + 1),
		expirePages: () => void epoch++,
	};
};

/** A path that no API is behind. */
const noResource = (): Answer => status(404, 'NotFound', 'the server could not find the requested resource');

const answer = (service: KubernetesService, call: Call): Answer | Promise<Answer> => {
	if (call.expired || call.header('authorization') !== `Bearer ${service.token}`) {
		return status(401, 'Unauthorized', 'Unauthorized');
	}
	const batch = /^\/apis\/batch\/v1(?:\/namespaces\/([^/]+))?\/jobs(?:\/([^/]+))?$/.exec(call.path);
	if (batch) {
		const [, namespace = '*', name] = batch;
		if (name === undefined) return list(service, call, namespace);
		const id = `${namespace}/${name}`;
		if (call.method === 'DELETE') return remove(service, call, id);
		return call.method === 'PATCH' ? patch(service, call, id) : look(service, id);
	}
	const core = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(pods|events)(?:\/([^/]+)\/log)?$/.exec(call.path);
	if (!core) return noResource();
	const [, namespace = '*', kind = '', pod] = core;
	if (service.denied.has(`${kind} ${namespace}`)) return forbidden('list', kind, namespace);
	return pod === undefined ? related(service, call, namespace, kind) : log(service, call, namespace, pod);
};

/** A name in the form of a DNS label. */
const objectName = (name: string): string =>
	name
		.toLowerCase()
		.replace(/[^a-z\d]+/g, '-')
		.replace(/^-+|-+$/g, '');

const look = (service: KubernetesService, id: string): Answer => {
	const {world, jobs} = service;
	const standing = standingOf(service, id, world.look(jobs.numberOf(id)));
	return standing ? json(200, sent(service, id, standing)) : notFound(id.split('/')[1] ?? '');
};

/** A mark holds the name of the last job before it, as that of etcd does. */
type Mark = {readonly epoch: number; readonly start: string};

const readMark = (text: string): Mark | undefined => {
	try {
		const {epoch, start} = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Mark>;
		return typeof epoch === 'number' && typeof start === 'string' ? {epoch, start} : undefined;
	} catch {
		return undefined;
	}
};

const list = (service: KubernetesService, call: Call, namespace: string): Answer => {
	const {world, jobs, denied} = service;
	if (denied.has(`list ${namespace}`)) return forbidden('list', 'jobs', namespace);
	const limit = Number(call.query.get('limit') ?? Number.MAX_SAFE_INTEGER);
	const written = call.query.get('continue');
	const mark = written === null ? undefined : readMark(written);
	if (written !== null && mark === undefined) {
		return status(400, 'BadRequest', 'continue key is not valid: unable to decode it');
	}
	if (mark && mark.epoch !== service.pageEpoch()) {
		const message = 'The provided continue parameter is too old to display a consistent list result.';
		return status(410, 'Expired', message);
	}
	const all = jobs.controls
		.ids()
		.flatMap(id => {
			if (namespace !== '*' && !id.startsWith(`${namespace}/`)) return [];
			const standing = standingOf(service, id, world.job(jobs.numberOf(id)));
			return standing ? [{id, standing}] : [];
		})
		.sort((a, b) => (a.id < b.id ? -1 : 1));
	const rest = all.filter(({id}) => mark === undefined || id > mark.start);
	const page = rest.slice(0, limit);
	const last = page.at(-1);
	const more = last !== undefined && rest.length > page.length;
	const next: Mark = {epoch: service.pageEpoch(), start: last?.id ?? ''};
	return json(200, {
		kind: 'JobList',
		apiVersion: 'batch/v1',
		metadata: {
			resourceVersion: '1000',
			...(more && {
				continue: Buffer.from(JSON.stringify(next)).toString('base64url'),
				remainingItemCount: rest.length - page.length,
			}),
		},
		items: page.map(({id, standing}) => listed(service, id, standing)),
	});
};

/** The jobs of a namespace that have a record, with that. */
const standingsIn = (service: KubernetesService, namespace: string): readonly Standing[] =>
	service.jobs.controls.ids().flatMap(id => {
		if (namespace !== '*' && !id.startsWith(`${namespace}/`)) return [];
		return standingOf(service, id, service.world.job(service.jobs.numberOf(id))) ?? [];
	});

/** The value that a selector asks for; undefined where it asks for none, or for any. */
const selected = (call: Call, selector: string, name: string): string | undefined =>
	(call.query.get(selector) ?? '')
		.split(',')
		.find(part => part.startsWith(`${name}=`))
		?.slice(name.length + 1);

const related = (service: KubernetesService, call: Call, namespace: string, kind: string): Answer => {
	const items = kind === 'pods' ? podsFor(service, call, namespace) : eventsFor(service, call, namespace);
	const limit = Number(call.query.get('limit') ?? Number.MAX_SAFE_INTEGER);
	return json(200, {
		kind: kind === 'pods' ? 'PodList' : 'EventList',
		apiVersion: 'v1',
		metadata: {resourceVersion: '1000'},
		items: items.slice(0, limit),
	});
};

const isWanted = (wanted: string | undefined, is: unknown): boolean => wanted === undefined || wanted === is;

const podsFor = (service: KubernetesService, call: Call, namespace: string): readonly unknown[] => {
	const uid = selected(call, 'labelSelector', 'controller-uid');
	const phase = selected(call, 'fieldSelector', 'status.phase');
	return standingsIn(service, namespace)
		.filter(({place}) => isWanted(uid, place.uid))
		.flatMap(({place, job}) => podRecords(place, job))
		.filter(pod => isWanted(phase, pod.status.phase));
};

const eventsFor = (service: KubernetesService, call: Call, namespace: string): readonly unknown[] => {
	const uid = selected(call, 'fieldSelector', 'involvedObject.uid');
	const reason = selected(call, 'fieldSelector', 'reason');
	return standingsIn(service, namespace)
		.filter(({place}) => isWanted(uid, place.uid))
		.flatMap(({place, job}) => {
			const history = service.jobs.controls.history(`${place.namespace}/${place.name}`);
			return eventRecords(place, job, history);
		})
		.filter(event => isWanted(reason, event.reason));
};

const log = (service: KubernetesService, call: Call, namespace: string, pod: string): Answer => {
	const [found] = standingsIn(service, namespace).flatMap(({place, job}) =>
		partsOf(job).flatMap(part => (podName(place, part) === pod ? [{place, part}] : [])),
	);
	if (!found) {
		return status(404, 'NotFound', `pods "${pod}" not found`, {name: pod, kind: 'pods'});
	}
	if (found.part.startedAt === undefined) {
		const message = `container "main" in pod "${pod}" is waiting to start: ContainerCreating`;
		return status(400, 'BadRequest', message);
	}
	// Times count by whole seconds here, so a line may come twice.
	const since = Date.parse(call.query.get('sinceTime') ?? '1970-01-01T00:00:00Z');
	const from = Math.floor(since / 1000) * 1000;
	const tail = Number(call.query.get('tailLines') ?? Number.MAX_SAFE_INTEGER);
	const lines = podLog(found.place, found.part)
		.split(/(?<=\n)/)
		.filter(line => line !== '' && Date.parse(line.slice(0, line.indexOf(' '))) >= from)
		.slice(-tail);
	const isStamped = call.query.get('timestamps') === 'true';
	const body = lines.map(line => (isStamped ? line : line.slice(line.indexOf(' ') + 1))).join('');
	return {status: 200, headers: {'content-type': 'text/plain'}, body};
};
