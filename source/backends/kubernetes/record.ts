/*
The record of a Job, as the API writes it. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
*/
import * as z from 'zod';
import {isUsableId, lesserText} from '../read-fields.ts';
import {flag, list, number, object, type ReadBy, text, texts} from '../record-readers.ts';
import {idOf, isId} from './ids.ts';

const condition = object({type: text, status: text, reason: text, message: text, lastTransitionTime: text}, [
	'type',
	'status',
]);
export type Condition = ReadBy<typeof condition>;

export const conditions = list(condition);

const spec = object({
	parallelism: number,
	completions: number,
	completionMode: text,
	suspend: flag,
	activeDeadlineSeconds: number,
	backoffLimit: number,
	ttlSecondsAfterFinished: number,
	managedBy: text,
	template: object({
		metadata: object({annotations: texts}),
		spec: object({
			terminationGracePeriodSeconds: number,
			containers: list(object({name: text, image: text, command: list(text), args: list(text)})),
		}),
	}),
});

const status = object({
	active: number,
	ready: number,
	terminating: number,
	succeeded: number,
	failed: number,
	completedIndexes: text,
	failedIndexes: text,
	startTime: text,
	completionTime: text,
	conditions,
});

const metadata = object(
	{
		namespace: text,
		name: text,
		uid: text,
		resourceVersion: text,
		creationTimestamp: text,
		deletionTimestamp: text,
		labels: texts,
		finalizers: list(text),
		ownerReferences: list(object({kind: text, name: text, controller: flag})),
	},
	['namespace', 'name', 'uid', 'resourceVersion'],
);

const job = object({metadata, spec, status}, ['metadata']);
export type WireJob = ReadBy<typeof job>;

/** A page of a list: items of any kind. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export const listSchema = z.object({
	kind: z.string().regex(/List$/),
	metadata: z.object({continue: lesserText, resourceVersion: lesserText}).nullish().catch(undefined),
	items: z.array(z.unknown()).nullable(),
});

/** The Job in an answer, if it can be read and its names are safe to send. */
export const readWire = (record: unknown): WireJob | undefined => {
	const wire = job(record);
	if (wire === undefined) return undefined;
	const {namespace, name, uid, resourceVersion} = wire.metadata;
	const isUsable = isId(idOf(namespace, name)) && isUsableId(uid) && isUsableId(resourceVersion);
	return isUsable ? wire : undefined;
};
