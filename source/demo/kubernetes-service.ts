/*
What an embedded API server of Kubernetes knows: how the record of each job stands, in which version, and how the server says no.
*/
import type {Clock} from '../process/clock.ts';
import {type Answer, json} from './faults.ts';
import {type KubernetesPlace, uidOf} from './kubernetes-place.ts';
import {jobRecord} from './kubernetes-records.ts';
import {comesBackAfterMs, type WorldJob} from './lives.ts';
import type {NamedJobs} from './named-jobs.ts';
import type {World} from './world.ts';

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

export type KubernetesService = KubernetesServerOptions & {
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

/** A record that ended while it was being deleted is there for so long. */
const cleanupMs = 5000;

export const status = (code: number, reason: string, message: string, details: object = {}): Answer =>
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

export const notFound = (name: string): Answer =>
	status(404, 'NotFound', `jobs.batch "${name}" not found`, {name, group: 'batch', kind: 'jobs'});

export const forbidden = (verb: string, resource: string, namespace: string): Answer => {
	const group = resource === 'jobs' ? 'batch' : '';
	const where = namespace === '*' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
	const message = `${resource}${group && `.${group}`} is forbidden: User "demo" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
	return status(403, 'Forbidden', message, {group, kind: resource});
};

/** How a job's record stands now; undefined where there is none. */
export type Standing = {readonly place: KubernetesPlace; readonly job: WorldJob};

export const standingOf = (
	service: KubernetesService,
	id: string,
	job: WorldJob | undefined,
): Standing | undefined => {
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
export const versioned = (
	service: KubernetesService,
	id: string,
	{place, job}: Standing,
): Record<string, unknown> => {
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
export const listed = (service: KubernetesService, id: string, standing: Standing): unknown =>
	service.jobs.sent(id, versioned(service, id, standing));

/** The record as an answer of its own, which says what it is. */
export const sent = (service: KubernetesService, id: string, standing: Standing): unknown =>
	service.jobs.sent(id, {kind: 'Job', apiVersion: 'batch/v1', ...versioned(service, id, standing)});
