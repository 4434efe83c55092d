/*
An embedded API server of Kubernetes with the controllers of Jobs: records with uid and resourceVersion, conditional deletion, finalizers, namespaces and pages.
*/
import type {Clock} from '../process/clock.ts';
import {wait} from '../process/clock.ts';
import {type Answer, json} from './faults.ts';
import {type KubernetesPlace, uidOf} from './kubernetes-place.ts';
import {keptOf, partsOf, podLog, podName, podRecords} from './kubernetes-pods.ts';
import {eventRecords, jobRecord} from './kubernetes-records.ts';
import {comesBackAfterMs, type WorldJob} from './lives.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from './named-jobs.ts';
import {seedOf} from './random.ts';
import {type Call, type DemoServer, serve} from './server.ts';
import type {World} from './world.ts';

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

export type KubernetesServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	readonly seed: string;
	/** 0, or not said: any that is free. */
	readonly port?: number;
	/** Only who sends it as a bearer token is served. */
	readonly token: string;
	readonly namespaces: readonly [string, ...string[]];
	/** How long a running pod takes to end, in milliseconds. */
	readonly graceMs?: number;
};

type Service = KubernetesServerOptions & {
	readonly graceMs: number;
	readonly jobs: NamedJobs;
	readonly denied: Set<string>;
	/** By id, how often its record was touched, and how often it was made again. */
	readonly touched: Map<string, number>;
	readonly made: Map<string, number>;
	/** The last record that was sent of each job, and its version. */
	readonly versions: Map<string, {readonly text: string; readonly version: string}>;
	readonly nextVersion: () => string;
	readonly pageEpoch: () => number;
};

const slowAnswerMs = 2000;
const stubbornMs = 20_000;
/** A record that ended while it was being deleted is there for so long. */
const cleanupMs = 5000;

export const startKubernetesServer = async (options: KubernetesServerOptions): Promise<KubernetesServer> => {
	const {world, clock, seed, namespaces} = options;
	const jobs = createNamedJobs(world, index => {
		const namespace = namespaces[seedOf(seed, 'namespace', index) % namespaces.length];
		const {name = ''} = world.job(index)?.plan ?? {};
		return `${namespace}/${objectName(name) || objectName(String(index))}`;
	});
	let version = 1000;
	let epoch = 0;
	const service: Service = {
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

const status = (code: number, reason: string, message: string, details: object = {}): Answer =>
	json(code, {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message,
		reason,
		details,
		code,
	});

const notFound = (name: string): Answer =>
	status(404, 'NotFound', `jobs.batch "${name}" not found`, {name, group: 'batch', kind: 'jobs'});

/** A path that no API is behind. */
const noResource = (): Answer => status(404, 'NotFound', 'the server could not find the requested resource');

const forbidden = (verb: string, resource: string, namespace: string): Answer => {
	const group = resource === 'jobs' ? 'batch' : '';
	const where = namespace === '*' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
	const message = `${resource}${group && `.${group}`} is forbidden: User "demo" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
	return status(403, 'Forbidden', message, {group, kind: resource});
};

const answer = (service: Service, call: Call): Answer | Promise<Answer> => {
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

/** How a job's record stands now; undefined where there is none. */
type Standing = {readonly place: KubernetesPlace; readonly job: WorldJob};

const standingOf = (service: Service, id: string, job: WorldJob | undefined): Standing | undefined => {
	const {clock, seed, jobs, made, touched, graceMs} = service;
	const history = jobs.controls.history(id).filter(({effect}) => effect === 'stopped');
	const last = history.at(-1);
	if (job === undefined || job.phase === 'cancelled') return undefined;
	// What is deleted is gone, whatever its pods do.
	if (job.plan.quirk === 'works-on' && last !== undefined && clock.now() >= last.at + graceMs)
		return undefined;
	const isBack =
		job.plan.quirk === 'comes-back' && last !== undefined && clock.now() >= last.at + comesBackAfterMs;
	const deletedAt = isBack ? undefined : last?.at;
	const hasEnded = job.phase === 'succeeded' || job.phase === 'failed';
	if (deletedAt !== undefined && hasEnded && clock.now() > (job.endedAt ?? 0) + cleanupMs) return undefined;
	const again = made.get(id) ?? 0;
	const [namespace = '', name = ''] = id.split('/');
	const touches = touched.get(id);
	return {
		job,
		place: {
			namespace,
			name,
			uid: uidOf(seed, jobs.numberOf(id), again + (isBack ? history.length : 0)),
			createdAt: isBack ? last.at + comesBackAfterMs : job.createdAt,
			...(deletedAt !== undefined && {deletedAt}),
			...(touches !== undefined && {annotations: {touched: String(touches)}}),
		},
	};
};

/** The record with the version that it has had since its last change. */
const versioned = (service: Service, id: string, {place, job}: Standing): Record<string, unknown> => {
	const record = jobRecord(place, job);
	const text = JSON.stringify(record);
	let known = service.versions.get(id);
	if (known?.text !== text) {
		known = {text, version: service.nextVersion()};
		service.versions.set(id, known);
	}
	const metadata = {...(record.metadata as object), resourceVersion: known.version};
	return {...record, metadata};
};

/** The record as a list holds it. */
const listed = (service: Service, id: string, standing: Standing): unknown =>
	service.jobs.sent(id, versioned(service, id, standing));

/** The record as an answer of its own, which says what it is. */
const sent = (service: Service, id: string, standing: Standing): unknown =>
	service.jobs.sent(id, {kind: 'Job', apiVersion: 'batch/v1', ...versioned(service, id, standing)});

const look = (service: Service, id: string): Answer => {
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

const list = (service: Service, call: Call, namespace: string): Answer => {
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

type DeleteOptions = {
	readonly propagationPolicy?: string;
	readonly preconditions?: {readonly uid?: string; readonly resourceVersion?: string};
};

const remove = async (service: Service, call: Call, id: string): Promise<Answer> => {
	const {world, clock, jobs, denied, graceMs} = service;
	const [namespace = '', name = ''] = id.split('/');
	if (denied.has(`delete ${namespace}`)) return forbidden('delete', 'jobs', namespace);
	let options: DeleteOptions;
	try {
		options = call.body === '' ? {} : (JSON.parse(call.body) as DeleteOptions);
	} catch {
		return status(400, 'BadRequest', 'the object provided is unrecognized');
	}
	const index = jobs.numberOf(id);
	const standing = standingOf(service, id, world.job(index));
	if (standing === undefined) return notFound(name);
	const {metadata} = versioned(service, id, standing) as {metadata: {uid: string; resourceVersion: string}};
	const refusal = refuse(name, options, metadata);
	if (refusal) return refusal;
	const {phase, plan} = standing.job;
	if (phase === 'succeeded' || phase === 'failed') {
		world.remove(index);
		const details = {name, group: 'batch', kind: 'jobs', uid: metadata.uid};
		return json(200, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details});
	}
	// Without a policy, or with one that does not wait, its pods would run on: nobody here asks for that.
	if (options.propagationPolicy !== 'Foreground') {
		return status(422, 'Invalid', 'the demo deletes live jobs with propagationPolicy Foreground only');
	}
	const takesMs = phase !== 'running' ? 0 : plan.quirk === 'stubborn' ? stubbornMs : graceMs;
	world.stop(index, takesMs, phase === 'running' && plan.quirk === 'late-write' ? 'succeeded' : 'cancelled');
	if (plan.quirk === 'slow') await wait(clock, slowAnswerMs);
	const after = standingOf(service, id, world.job(index)) ?? {
		...standing,
		place: {...standing.place, deletedAt: clock.now()},
	};
	return json(200, sent(service, id, after));
};

/** Whether the condition of a deletion holds. */
const refuse = (
	name: string,
	{preconditions = {}}: DeleteOptions,
	{uid, resourceVersion}: {readonly uid: string; readonly resourceVersion: string},
): Answer | undefined => {
	const wrong = [
		['UID', preconditions.uid, uid],
		['ResourceVersion', preconditions.resourceVersion, resourceVersion],
	].find(([, wanted, is]) => wanted !== undefined && wanted !== is);
	if (!wrong) return undefined;
	const [what, wanted, is] = wrong;
	const message = `Operation cannot be fulfilled on Job.batch "${name}": the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is}). The object might have been ${what === 'UID' ? 'deleted and then recreated' : 'modified'}`;
	return status(409, 'Conflict', message, {name, group: 'batch', kind: 'Job'});
};

type SuspendPatch = {
	readonly metadata?: {readonly uid?: string; readonly resourceVersion?: string};
	readonly spec?: {readonly suspend?: boolean};
};

/** Suspends a job, or takes that back, on condition that the record is the one that the patch names. */
const patch = async (service: Service, call: Call, id: string): Promise<Answer> => {
	const {world, clock, jobs, denied, graceMs} = service;
	const [namespace = '', name = ''] = id.split('/');
	if (denied.has(`patch ${namespace}`)) return forbidden('patch', 'jobs', namespace);
	if (call.header('content-type') !== 'application/merge-patch+json') {
		const message =
			'the body of the request was in an unknown format - accepted media types include: application/merge-patch+json';
		return status(415, 'UnsupportedMediaType', message);
	}
	let wanted: SuspendPatch;
	try {
		wanted = JSON.parse(call.body) as SuspendPatch;
	} catch {
		return status(400, 'BadRequest', 'the object provided is unrecognized');
	}
	const index = jobs.numberOf(id);
	const standing = standingOf(service, id, world.job(index));
	if (standing === undefined) return notFound(name);
	const {metadata} = versioned(service, id, standing) as {metadata: {uid: string; resourceVersion: string}};
	const refusal = refusePatch(name, wanted, metadata);
	if (refusal) return refusal;
	const {quirk} = standing.job.plan;
	if (wanted.spec?.suspend === true) {
		const never = quirk === 'never-stops' ? Number.POSITIVE_INFINITY : graceMs;
		world.suspend(index, quirk === 'stubborn' ? stubbornMs : never, keptOf(standing.job));
	}
	if (wanted.spec?.suspend === false) world.unsuspend(index);
	if (quirk === 'slow') await wait(clock, slowAnswerMs);
	const after = standingOf(service, id, world.job(index)) ?? standing;
	return json(200, sent(service, id, after));
};

/** Whether the patch counts for the record as it is: another state of it is a conflict, another uid a change of a fixed field. */
const refusePatch = (
	name: string,
	{metadata = {}}: SuspendPatch,
	{uid, resourceVersion}: {readonly uid: string; readonly resourceVersion: string},
): Answer | undefined => {
	if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion) {
		const message = `Operation cannot be fulfilled on jobs.batch "${name}": the object has been modified; please apply your changes to the latest version and try again`;
		return status(409, 'Conflict', message, {name, group: 'batch', kind: 'jobs'});
	}
	if (metadata.uid === undefined || metadata.uid === uid) return undefined;
	const message = `Job.batch "${name}" is invalid: metadata.uid: Invalid value: "${metadata.uid}": field is immutable`;
	return status(422, 'Invalid', message, {name, group: 'batch', kind: 'Job'});
};

/** The jobs of a namespace that have a record, with that. */
const standingsIn = (service: Service, namespace: string): readonly Standing[] =>
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

const related = (service: Service, call: Call, namespace: string, kind: string): Answer => {
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

const podsFor = (service: Service, call: Call, namespace: string): readonly unknown[] => {
	const uid = selected(call, 'labelSelector', 'controller-uid');
	const phase = selected(call, 'fieldSelector', 'status.phase');
	return standingsIn(service, namespace)
		.filter(({place}) => isWanted(uid, place.uid))
		.flatMap(({place, job}) => podRecords(place, job))
		.filter(pod => isWanted(phase, pod.status.phase));
};

const eventsFor = (service: Service, call: Call, namespace: string): readonly unknown[] => {
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

const log = (service: Service, call: Call, namespace: string, pod: string): Answer => {
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
