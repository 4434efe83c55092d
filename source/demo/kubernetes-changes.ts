/*
The requests that change the record of a job in an embedded Kubernetes, each on the conditions that it names: a deletion, and a patch that suspends the job or takes that back.
*/
import {wait} from '../process/clock.ts';
import {type Answer, json} from './faults.ts';
import {keptOf} from './kubernetes-pods.ts';
import {
	forbidden,
	type KubernetesService,
	notFound,
	type Standing,
	sent,
	standingOf,
	status,
	versioned,
} from './kubernetes-service.ts';
import type {Call} from './server.ts';

const slowAnswerMs = 2000;
const stubbornMs = 20_000;

type Version = {readonly uid: string; readonly resourceVersion: string};

/** The record that a request is to change, and what the request says. */
type Change<Body> = {
	readonly name: string;
	readonly index: number;
	readonly body: Body;
	readonly standing: Standing;
	readonly version: Version;
};

/** Reads a request that changes a record, and answers what stands in its way. `change` gives the answer that says no; otherwise the record is the answer, as it is then. */
const changing = async <Body>(
	service: KubernetesService,
	call: Call,
	{id, verb}: {readonly id: string; readonly verb: 'delete' | 'patch'},
	change: (change: Change<Body>) => Answer | undefined,
): Promise<Answer> => {
	const {world, clock, jobs, denied} = service;
	const [namespace = '', name = ''] = id.split('/');
	if (denied.has(`${verb} ${namespace}`)) return forbidden(verb, 'jobs', namespace);
	if (verb === 'patch' && call.header('content-type') !== 'application/merge-patch+json') {
		const message =
			'the body of the request was in an unknown format - accepted media types include: application/merge-patch+json';
		return status(415, 'UnsupportedMediaType', message);
	}
	let body: Body;
	try {
		body = JSON.parse(verb === 'delete' && call.body === '' ? '{}' : call.body) as Body;
	} catch {
		return status(400, 'BadRequest', 'the object provided is unrecognized');
	}
	const index = jobs.numberOf(id);
	const standing = standingOf(service, id, world.job(index));
	if (standing === undefined) return notFound(name);
	const {metadata: version} = versioned(service, id, standing) as {metadata: Version};
	const answer = change({name, index, body, standing, version});
	if (answer) return answer;
	if (standing.job.plan.quirk === 'slow') await wait(clock, slowAnswerMs);
	const after = standingOf(service, id, world.job(index)) ?? {
		...standing,
		place: {...standing.place, deletedAt: clock.now()},
	};
	return json(200, sent(service, id, after));
};

type DeleteOptions = {
	readonly propagationPolicy?: string;
	readonly preconditions?: Partial<Version>;
};

export const remove = (service: KubernetesService, call: Call, id: string): Promise<Answer> =>
	changing<DeleteOptions>(service, call, {id, verb: 'delete'}, ({name, index, body, standing, version}) => {
		const {world, graceMs} = service;
		const refusal = refuseDeletion(name, body, version);
		if (refusal) return refusal;
		const {phase, plan} = standing.job;
		if (phase === 'succeeded' || phase === 'failed') {
			world.remove(index);
			const details = {name, group: 'batch', kind: 'jobs', uid: version.uid};
			return json(200, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details});
		}
		// Without a policy, or with one that does not wait, its pods would run on: nobody here asks for that.
		if (body.propagationPolicy !== 'Foreground') {
			return status(422, 'Invalid', 'the demo deletes live jobs with propagationPolicy Foreground only');
		}
		const takesMs = phase !== 'running' ? 0 : plan.quirk === 'stubborn' ? stubbornMs : graceMs;
		world.stop(
			index,
			takesMs,
			phase === 'running' && plan.quirk === 'late-write' ? 'succeeded' : 'cancelled',
		);
		return undefined;
	});

/** Whether the condition of a deletion holds. */
const refuseDeletion = (
	name: string,
	{preconditions = {}}: DeleteOptions,
	{uid, resourceVersion}: Version,
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
	readonly metadata?: Partial<Version>;
	readonly spec?: {readonly suspend?: boolean};
};

/** Suspends a job, or takes that back, on condition that the record is the one that the patch names. */
export const patch = (service: KubernetesService, call: Call, id: string): Promise<Answer> =>
	changing<SuspendPatch>(service, call, {id, verb: 'patch'}, ({name, index, body, standing, version}) => {
		const {world, graceMs} = service;
		const refusal = refusePatch(name, body, version);
		if (refusal) return refusal;
		const {quirk} = standing.job.plan;
		if (body.spec?.suspend === true) {
			const stopsInMs = quirk === 'never-stops' ? Number.POSITIVE_INFINITY : graceMs;
			world.suspend(index, quirk === 'stubborn' ? stubbornMs : stopsInMs, keptOf(standing.job));
		}
		if (body.spec?.suspend === false) world.unsuspend(index);
		return undefined;
	});

/** Whether the patch counts for the record as it is: another state of it is a conflict, another uid a change of a fixed field. */
const refusePatch = (
	name: string,
	{metadata = {}}: SuspendPatch,
	{uid, resourceVersion}: Version,
): Answer | undefined => {
	if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion) {
		const message = `Operation cannot be fulfilled on jobs.batch "${name}": the object has been modified; please apply your changes to the latest version and try again`;
		return status(409, 'Conflict', message, {name, group: 'batch', kind: 'jobs'});
	}
	if (metadata.uid === undefined || metadata.uid === uid) return undefined;
	const message = `Job.batch "${name}" is invalid: metadata.uid: Invalid value: "${metadata.uid}": field is immutable`;
	return status(422, 'Invalid', message, {name, group: 'batch', kind: 'Job'});
};
