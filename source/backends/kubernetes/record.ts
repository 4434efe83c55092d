/*
The record of a Job, as the API writes it. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
*/
import * as z from 'zod';
import {lesserFlag as flag, isUsableId, lesserNumber as number, lesserText as text} from '../read-fields.ts';
import {idOf, isId} from './ids.ts';

const words = z.record(z.string(), z.string()).nullish().catch(undefined);

const conditionSchema = z.object({
	type: z.string(),
	status: z.string(),
	reason: text,
	message: text,
	lastTransitionTime: text,
});
export type Condition = z.infer<typeof conditionSchema>;

export const conditionsSchema = z.array(conditionSchema).nullish().catch(undefined);

const specSchema = z.object({
	parallelism: number,
	completions: number,
	completionMode: text,
	suspend: flag,
	activeDeadlineSeconds: number,
	backoffLimit: number,
	ttlSecondsAfterFinished: number,
	managedBy: text,
	template: z
		.object({
			metadata: z.object({annotations: words}).nullish().catch(undefined),
			spec: z
				.object({
					terminationGracePeriodSeconds: number,
					containers: z
						.array(
							z.object({
								name: text,
								image: text,
								command: z.array(z.string()).nullish().catch(undefined),
								args: z.array(z.string()).nullish().catch(undefined),
							}),
						)
						.nullish()
						.catch(undefined),
				})
				.nullish()
				.catch(undefined),
		})
		.nullish()
		.catch(undefined),
});

const statusSchema = z.object({
	active: number,
	ready: number,
	terminating: number,
	succeeded: number,
	failed: number,
	completedIndexes: text,
	failedIndexes: text,
	startTime: text,
	completionTime: text,
	conditions: conditionsSchema,
});

const jobSchema = z.object({
	metadata: z.object({
		namespace: z.string(),
		name: z.string(),
		uid: z.string(),
		resourceVersion: z.string(),
		creationTimestamp: text,
		deletionTimestamp: text,
		labels: words,
		ownerReferences: z
			.array(z.object({kind: text, name: text}))
			.nullish()
			.catch(undefined),
	}),
	spec: specSchema.nullish().catch(undefined),
	status: statusSchema.nullish().catch(undefined),
});
export type WireJob = z.infer<typeof jobSchema>;

/** A page of a list: items of any kind. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export const listSchema = z.object({
	kind: z.string().regex(/List$/),
	metadata: z.object({continue: text, resourceVersion: text}).nullish().catch(undefined),
	items: z.array(z.unknown()).nullable(),
});

/** The Job in an answer, if it can be read and its names are safe to send. */
export const readWire = (record: unknown): WireJob | undefined => {
	const wire = jobSchema.safeParse(record).data;
	if (wire === undefined) return undefined;
	const {namespace, name, uid, resourceVersion} = wire.metadata;
	const isUsable = isId(idOf(namespace, name)) && isUsableId(uid) && isUsableId(resourceVersion);
	return isUsable ? wire : undefined;
};
