/*
Suspending is a change of `spec.suspend`: the job's controller deletes its pods and keeps the record, and starts new pods once it is taken back. As with a deletion, each request names the very record that a look showed. https://kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job
*/
import {BackendError} from '../../job/failure.ts';
import {approachOf, isOpenTo, type ReversibleOperation, whyClosed} from '../../job/operation.ts';
import type {CancelReceipt, CancelRequest} from '../backend.ts';
import type {HttpRequest} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {type RecordState, recordOf} from './cancel.ts';
import type {Cluster} from './cluster.ts';
import {jobPath} from './ids.ts';
import {checkName, lookAtJob, malformed} from './look.ts';
import {readWire} from './record.ts';

/** A `resourceVersion` in a patch makes it count for that state of the record alone: any other is a 409. */
const patch = (
	id: string,
	{uid, version}: RecordState,
	operation: ReversibleOperation,
): Omit<HttpRequest, 'signal'> => ({
	method: 'PATCH',
	path: jobPath(id),
	headers: {'content-type': 'application/merge-patch+json'},
	body: {metadata: {uid, resourceVersion: version}, spec: {suspend: operation === 'suspend'}},
});

/** Suspends or unsuspends a job. */
export const changeSuspension = async (
	cluster: Cluster,
	operation: ReversibleOperation,
	id: string,
	{seen, signal}: CancelRequest,
): Promise<CancelReceipt> => {
	const job = seen ?? (await lookAtJob(cluster, id, signal));
	if (job.terminal) return {kind: 'too-late', detail: `it has ended (${job.status})`};
	if (approachOf(operation, job) === 'reached') return {kind: 'already'};
	if (!isOpenTo(operation, job)) {
		throw new BackendError({kind: 'rejected', detail: whyClosed(operation, job)});
	}
	const record = recordOf(job);
	const {http} = await cluster.session.open();
	try {
		const {body} = await http.json({...patch(id, record, operation), signal});
		const wire = readWire(body);
		if (wire === undefined) return {kind: 'accepted'};
		checkName(wire, id);
		if (wire.metadata.uid !== record.uid) {
			throw malformed(`asked to ${operation} uid ${record.uid}, the answer names ${wire.metadata.uid}`);
		}
		return {kind: 'accepted'};
	} catch (error) {
		throw isAnotherUid(error) ? new BackendError({...error.failure, kind: 'conflict'}) : error;
	}
};

/** A patch with the uid of another job is refused as a change of a fixed field. */
const isAnotherUid = (error: unknown): error is HttpError =>
	error instanceof HttpError && error.status === 422 && error.failure.detail.includes('metadata.uid');

/** As it will be sent: which record that is for, the look before it says. */
export const describeSuspend = (
	{session}: Cluster,
	ids: readonly string[],
	operation: ReversibleOperation,
): readonly string[] =>
	ids.map(id => session.describe(patch(id, {uid: '<uid>', version: '<resourceVersion>'}, operation)));
