/*
Deletes one ended job on its server. A look right before the request protects a job that is alive or has changed; a look right after it shows the result.
*/

import type {Connection} from '../../backends/backend.ts';
import {type Failure, failureOf, failurePolicies} from '../../job/failure.ts';
import {whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import {phases} from '../../job/phase.ts';
import {parseRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';

/** The result of deleting a job. */
export type Deletion = {
	readonly kind: DeletionKind;
	/** Why, in one clean line. */
	readonly detail?: string;
	/** The reason is a missing, wrong or expired credential. */
	readonly credential?: true;
	/** The job at the last look; absent if its server does not find it. */
	readonly job?: Job;
};

type Words = {
	readonly exitCode: number;
	readonly tone: 'info' | 'warning' | 'error';
	readonly sentence: (ref: string, detail: string) => string;
};

/** The words and the exit code of each result. */
export const deletions = {
	deleted: {
		exitCode: 0,
		tone: 'info',
		sentence: (ref, detail) => `${ref} is deleted on its server${detail}`,
	},
	'not-found': {
		exitCode: 7,
		tone: 'warning',
		sentence: (ref, detail) => `${ref} was not found on its system${detail}`,
	},
	refused: {
		exitCode: 5,
		tone: 'error',
		sentence: (ref, detail) => `its system refused to delete ${ref}${detail}`,
	},
	denied: {
		exitCode: 5,
		tone: 'error',
		sentence: (ref, detail) => `this credential is not allowed to delete ${ref}${detail}`,
	},
	'not-sent': {
		exitCode: 5,
		tone: 'error',
		sentence: (ref, detail) => `${ref} was not deleted; nothing was sent${detail}`,
	},
	unknown: {
		exitCode: 5,
		tone: 'error',
		sentence: (ref, detail) => `unknown: ${ref} may have been deleted${detail}`,
	},
} as const satisfies Record<string, Words>;

type DeletionKind = keyof typeof deletions;

/** A deletion as a sentence. */
export const sentenceOfDeletion = (ref: string, {kind, detail}: Deletion): string =>
	deletions[kind].sentence(ref, detail === undefined ? '' : `: ${detail}`);

export const exitCodeOfDeletion = ({kind, credential}: Deletion): number =>
	credential ? 4 : deletions[kind].exitCode;

const stateOf = ({phase, status}: Pick<Job, 'phase' | 'status'>): string =>
	`${phases[phase].label}${status.toUpperCase() === phases[phase].label ? '' : ` (${status})`}`;

/** Why `job`, which was shown as `target`, must not be deleted; undefined if it may be. */
export const whyKept = (target: JobTarget, job: Job): string | undefined => {
	const another = whyAnother(target, job);
	if (another !== undefined) return another;
	if (!job.terminal) return `still ${phases[job.phase].label.toLowerCase()}: cancel it first`;
	return job.phase === target.phase && job.status === target.status
		? undefined
		: `it is now ${stateOf(job)}, but was shown as ${stateOf(target)}; look again`;
};

/**
Deletes exactly this job, if it is unchanged since it was shown. Rejects only with internal errors; an aborted signal counts as an interrupted request.
*/
export const deleteJob = async (
	{backend}: Connection,
	target: JobTarget,
	signal: AbortSignal,
): Promise<Deletion> => {
	const id = parseRef(target.ref)?.id ?? '';
	const {get, delete: remove} = backend;
	if (!get || !remove) return {kind: 'not-sent', detail: 'its system cannot delete jobs'};
	const attempt = async (work: () => Promise<Job | undefined>): Promise<{job?: Job; failure?: Failure}> => {
		try {
			const job = await work();
			return job === undefined ? {} : {job};
		} catch (error) {
			if (signal.aborted) return {failure: {kind: 'timeout', detail: 'interrupted'}};
			return {failure: failureOf(error)};
		}
	};
	const look = () => attempt(async () => (await get(id, {signal})).job);

	const before = await look();
	if (!before.job) return unseen(before.failure);
	const kept = whyKept(target, before.job);
	if (kept !== undefined) return {kind: 'not-sent', detail: kept, job: before.job};

	const {failure} = await attempt(async () => {
		await remove(id, {signal});
		return undefined;
	});
	if (failure && failurePolicies[failure.kind].delivered === 'no') return refusal(failure, before.job);

	const after = await look();
	const gone = after.failure?.kind === 'not-found';
	if (!failure) {
		if (gone || !after.job) return {kind: 'deleted'};
		return {kind: 'deleted', detail: `its record remains, ${stateOf(after.job)}`, job: after.job};
	}
	if (gone) return {kind: 'deleted'};
	// If deleting leaves a record, the record shows the deletion.
	if (after.job?.phase === 'cancelled' && before.job.phase !== 'cancelled') {
		return {kind: 'deleted', detail: `its record remains, ${stateOf(after.job)}`, job: after.job};
	}
	const seen = after.job ? `it is still there, ${stateOf(after.job)}` : 'jobtop cannot look at it';
	return {kind: 'unknown', detail: `${failure.detail}; ${seen}`, ...(after.job && {job: after.job})};
};

/** The look failed: nothing is sent without it. */
const unseen = (failure: Failure | undefined): Deletion => {
	const detail = failure?.detail ?? 'jobtop could not look at it';
	if (failure?.kind === 'not-found') return {kind: 'not-found', detail};
	return {kind: 'not-sent', detail, ...(failure?.kind === 'unauthorized' && {credential: true as const})};
};

const refusal = (failure: Failure, job: Job): Deletion => {
	const {kind, detail} = failure;
	switch (kind) {
		case 'not-found':
			return {kind: 'not-found', detail};
		case 'unauthorized':
			return {kind: failure.sent === false ? 'not-sent' : 'denied', detail, credential: true, job};
		case 'forbidden':
			return {kind: 'denied', detail, job};
		case 'unreachable':
			return {kind: 'not-sent', detail, job};
		default:
			return {kind: 'refused', detail, job};
	}
};
