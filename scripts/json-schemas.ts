/*
The shapes of what the command line prints as JSON, as JSON Schemas for those who read it. A change that breaks a reader gets a new version.
*/
import * as z from 'zod';
import {stepNames} from '../source/cancellation/journal/lines.ts';
import {outcomes} from '../source/cancellation/outcomes.ts';
import {configurationSchema} from '../source/config/json-schema.ts';
import {endWords} from '../source/job/ended-by.ts';
import {failurePolicies} from '../source/job/failure.ts';
import {participles} from '../source/job/operation.ts';
import {phases} from '../source/job/phase.ts';
import {unprovenWords} from '../source/job/unproven.ts';

const version = z.literal(1);
const ref = z.string().describe('profile/id');
const time = z.iso.datetime().describe('ISO 8601 in UTC');
const ms = z.number().describe('milliseconds');
const count = z.int().min(0);
const words = <Word extends string>(table: Readonly<Record<Word, unknown>>) =>
	z.enum(Object.keys(table) as [Word]);
const phase = words(phases);
const outcome = words(outcomes).describe(
	'only cancelled, already-cancelled and removed may be called cancelled',
);
const operation = words(participles).describe('what was requested for these jobs');
const failure = z.strictObject({kind: z.string(), message: z.string()});

const endedBy = z
	.strictObject({
		kind: words(endWords),
		by: z.string().optional().describe('who cancelled it: a user, or uid and a number'),
		node: z.string().optional().describe('its node, where it had one alone'),
		code: z.int().optional().describe('the exit code'),
		signal: z.int().optional().describe('the number of the signal'),
	})
	.optional()
	.describe('what ended it, where its job system reports that; what jobtop asked for is no such report');

const jobFields = {
	ref,
	profile: z.string(),
	backend: z.string(),
	id: z.string().describe("the vendor's own, opaque"),
	name: z.string(),
	kind: z.string().optional(),
	owner: z.string().optional(),
	phase,
	status: z.string().describe("the job system's own word"),
	terminal: z.boolean(),
	unproven: words(unprovenWords)
		.optional()
		.describe('it is said to be cancelled, and its record does not prove that the work has ended'),
	endedBy,
	suspension: z
		.enum(['none', 'beginning', 'complete', 'ending'])
		.optional()
		.describe('of a live job that may be suspended and unsuspended: how far that is'),
	createdAt: time.optional(),
	startedAt: time.optional(),
	endedAt: time.optional(),
	limitSeconds: count.optional().describe('how long it may run before its job system ends it'),
	progress: z
		.strictObject({
			percent: z.number().optional(),
			done: z.number().optional(),
			total: z.number().optional(),
		})
		.optional(),
	error: failure.optional(),
	parent: ref.optional(),
	set: z
		.strictObject({
			live: count,
			cancelled: count,
			ended: count,
			lost: count,
			signalled: count
				.optional()
				.describe('of those that ended: by a signal with which their job system ends cancelled jobs'),
			refs: z.array(ref).optional().describe('those that have not ended, where each is listed by itself'),
		})
		.optional()
		.describe('where the id stands for several jobs: how many of them are where'),
};
const job = z.strictObject(jobFields);

const cancelResult = z.strictObject({
	ref: z.string(),
	jobs: count.optional().describe('how many jobs it is about, where its id stands for several'),
	outcome: outcome.optional().describe('absent while it is on its way'),
	unproven: z
		.literal(true)
		.optional()
		.describe('only its record says that it is cancelled; the work behind it may go on'),
	cancelled: z
		.strictObject({cancelled: count, all: count})
		.optional()
		.describe('of a set: how many of all its members the request has cancelled'),
	phase: phase.optional(),
	status: z.string().optional(),
	attempts: count,
	acceptedMs: ms.optional(),
	settledMs: ms.optional(),
	detail: z.string().optional(),
});
const counts = z.partialRecord(words(outcomes), count);
const unprovenCount = count
	.optional()
	.describe('how many jobs are cancelled by their record only; absent without any');

const batchFields = {
	batch: z.int().min(1),
	askedAt: time,
	by: z.string().describe('user@host'),
	operation,
	reason: z.string().optional(),
	jobs: count,
	finished: z.boolean(),
	systems: z
		.record(z.string(), z.record(z.string(), z.string()))
		.describe('by profile, the job system that was asked: its kind, address, cluster, account …'),
	damage: z
		.strictObject({lines: count, targets: z.boolean()})
		.optional()
		.describe('lines of the journal that cannot be read; targets: the first, which names the jobs'),
	driver: z.strictObject({host: z.string(), pid: z.int()}).optional(),
	open: count,
	counts,
	unproven: unprovenCount,
};

const waitOutcome = z.enum([
	'reached',
	'ended-otherwise',
	'not-found',
	'gone',
	'timeout',
	'interrupted',
	'unknown',
]);
const waitFields = {
	ref: z.string(),
	outcome: waitOutcome.optional(),
	phase: phase.optional(),
	status: z.string().optional(),
	terminal: z.boolean().optional(),
	endedBy,
	waitedMs: ms.optional(),
	detail: z.string().optional(),
};

const step = z.strictObject({
	step: z.enum(['name', 'connection', 'proxy', 'tls', 'program', 'credentials', 'rights', 'answer']),
	ok: z.boolean(),
	detail: z.string(),
	remedy: z.string().optional(),
});

const states = [...new Set(Object.values(failurePolicies).map(({state}) => state)), 'ok', 'loading', 'stale'];

const shapes = {
	list: {
		title: 'jobtop list -o json',
		shape: z.strictObject({
			version,
			profiles: z.array(
				z.strictObject({
					profile: z.string(),
					backend: z.string(),
					state: z.enum(states as [string]),
					error: failure.optional(),
					jobs: count,
					unreadable: count,
				}),
			),
			jobs: z.array(job),
		}),
	},
	job: {title: 'a line of jobtop list -o jsonl', shape: job},
	show: {
		title: 'jobtop show -o json',
		shape: z.strictObject({
			version,
			jobs: z.array(
				z.strictObject({
					...jobFields,
					queue: z.string().optional(),
					reason: z.string().optional(),
					details: z.array(z.strictObject({label: z.string(), value: z.string()})).optional(),
					timeline: z
						.array(z.strictObject({at: time.optional(), what: z.string(), detail: z.string().optional()}))
						.optional(),
					children: z
						.array(
							z.strictObject({
								ref,
								name: z.string().optional(),
								phase,
								status: z.string(),
								error: z.string().optional(),
							}),
						)
						.optional(),
					results: z
						.array(
							z.strictObject({
								name: z.string(),
								kind: z.string().optional(),
								size: count.optional(),
								url: z.string().optional(),
								value: z.string().optional(),
							}),
						)
						.optional(),
				}),
			),
		}),
	},
	cancel: {
		title: 'jobtop cancel, suspend and unsuspend -o json, and batches resume and retry',
		shape: z.strictObject({
			version,
			batch: z.int().min(1).optional(),
			operation,
			results: z.array(cancelResult),
			counts,
			unproven: unprovenCount,
		}),
	},
	'cancel-step': {
		title: 'a line of jobtop cancel, suspend and unsuspend -o jsonl',
		shape: z.strictObject({
			at: time,
			ref: z.string(),
			step: z.enum(['asked', 'staged', 'checking', 'sent', 'accepted', 'following', 'settled']),
			detail: z.string().optional(),
			outcome: outcome.optional(),
		}),
	},
	batches: {
		title: 'jobtop batches list -o json',
		shape: z.strictObject({version, batches: z.array(z.strictObject(batchFields))}),
	},
	batch: {
		title: 'jobtop batches show -o json',
		shape: z.strictObject({version, ...batchFields, results: z.array(cancelResult)}),
	},
	'batch-export': {
		title: 'jobtop batches export -o json, and what e writes on the screen',
		shape: z.strictObject({
			version,
			...batchFields,
			results: z.array(
				cancelResult.extend({
					name: z.string(),
					steps: z.array(
						z.looseObject({
							at: time,
							step: z.enum(stepNames),
							ref,
							attempt: count.optional(),
						}),
					),
				}),
			),
		}),
	},
	wait: {
		title: 'jobtop wait -o json',
		shape: z.strictObject({
			version,
			for: z.string(),
			results: z.array(z.strictObject({...waitFields, outcome: waitOutcome})),
		}),
	},
	'wait-step': {
		title: 'a line of jobtop wait -o jsonl',
		shape: z.strictObject({at: time, ...waitFields}),
	},
	dismiss: {
		title: 'jobtop dismiss -o json, and restore',
		shape: z.strictObject({
			version,
			results: z.array(
				z.strictObject({
					ref: z.string(),
					outcome: z.enum(['dismissed', 'restored', 'not-dismissed', 'refused', 'not-found']),
					server: z.enum(['done', 'none', 'not-found', 'refused', 'unknown', 'read-only']).optional(),
					detail: z.string().optional(),
				}),
			),
		}),
	},
	delete: {
		title: 'jobtop delete -o json',
		shape: z.strictObject({
			version,
			results: z.array(
				z.strictObject({
					ref: z.string(),
					outcome: z.enum(['deleted', 'not-sent', 'denied', 'refused', 'not-found', 'unknown']),
					phase: phase.optional(),
					status: z.string().optional(),
					detail: z.string().optional(),
				}),
			),
			counts: z.record(z.string(), count),
		}),
	},
	backends: {
		title: 'jobtop backends -o json',
		shape: z.strictObject({
			version,
			backends: z.array(
				z.looseObject({
					backend: z.string(),
					title: z.string(),
					fromDocuments: z.literal(true).optional(),
					others: z.enum(['asked', 'shown']),
					inspect: z.boolean(),
					cancel: z.union([z.literal(false), z.enum(['safe', 'guarded', 'conditional'])]),
					cancelMany: z.boolean(),
					force: z.boolean(),
					suspend: z.boolean(),
					hide: z.boolean(),
					delete: z.boolean(),
					logs: z.union([z.literal(false), z.enum(['live', 'polled'])]),
					results: z.boolean(),
					children: z.boolean(),
					progress: z.boolean(),
					history: z.enum(['events', 'times']),
					consequence: z.string(),
					forceConsequence: z.string().optional(),
					suspendConsequences: z.strictObject({suspend: z.string(), unsuspend: z.string()}).optional(),
					deleteConsequence: z.string().optional(),
				}),
			),
		}),
	},
	keys: {
		title: 'jobtop keys -o json',
		shape: z.strictObject({
			version,
			commands: z.array(
				z.strictObject({
					id: z.string(),
					names: z.array(z.string()).describe('what else can be typed behind :'),
					keys: z.array(z.string()),
					places: z.array(z.string()),
					help: z.string(),
					argument: z.string().optional(),
				}),
			),
		}),
	},
	profiles: {
		title: 'jobtop profiles list -o json',
		shape: z.strictObject({
			version,
			profiles: z.array(
				z.strictObject({
					profile: z.string(),
					backend: z.string(),
					address: z.string().optional(),
					protected: z.boolean(),
					credential: z.string().optional(),
					found: z.string().optional(),
					fromDocuments: z.literal(true).optional(),
					readOnly: z.boolean(),
				}),
			),
			passedOver: z.array(z.strictObject({name: z.string(), why: z.string()})),
		}),
	},
	'profiles-test': {
		title: 'jobtop profiles test -o json',
		shape: z.strictObject({
			version,
			profiles: z.array(
				z.strictObject({
					profile: z.string(),
					backend: z.string(),
					ok: z.boolean(),
					steps: z.array(step),
					contract: z
						.array(
							z.strictObject({
								promise: z.string(),
								result: z.enum(['kept', 'broken', 'not tried']),
								detail: z.string(),
							}),
						)
						.optional()
						.describe('with --contract, where the profile could be reached'),
				}),
			),
		}),
	},
	doctor: {
		title: 'jobtop doctor -o json',
		shape: z.strictObject({
			version,
			findings: z.array(
				z.strictObject({
					check: z.string(),
					state: z.enum(['ok', 'warning', 'problem']),
					detail: z.string(),
					remedy: z.string().optional(),
				}),
			),
		}),
	},
	'config-show': {
		title: 'jobtop config show -o json',
		shape: z.strictObject({
			version,
			path: z.string(),
			values: z.array(z.strictObject({key: z.string(), value: z.unknown(), from: z.string()})),
		}),
	},
} as const;

export type ShapeName = keyof typeof shapes;

/** The schemas by the name of their file below docs/schemas, without `.json`. */
export const jsonSchemas: Readonly<Record<ShapeName | 'configuration', unknown>> = {
	...(Object.fromEntries(
		Object.entries(shapes).map(([name, {title, shape}]) => [
			name,
			{...z.toJSONSchema(shape), $id: `urn:jobtop:${name}:1`, title},
		]),
	) as Record<ShapeName, unknown>),
	configuration: await configurationSchema(),
};

/** A schema as it is written to its file. */
export const schemaText = (schema: unknown): string => `${JSON.stringify(schema, undefined, '\t')}\n`;
