/*
Cancelling is deleting the record of a live job, with all of its pods. Each request names the very record that a look showed: another state of it, or another job of that name, is a conflict, and nothing is done.

`Foreground` keeps the record until its pods are gone. Without a policy the API leaves them alive, orphaned: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
*/
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {CancelReceipt, CancelRequest, RequestOptions} from '../backend.ts';
import type {HttpRequest} from '../http.ts';
import type {Cluster} from './cluster.ts';
import {jobPath} from './ids.ts';
import {checkName, lookAtJob, malformed} from './look.ts';
import {readWire} from './record.ts';

/** The state of a record that a request counts for. */
export type RecordState = {readonly uid: string; readonly version: string};

/** `Foreground` waits for the pods; `Background` removes the record at once. */
const deletion = (
	id: string,
	{uid, version}: RecordState,
	propagationPolicy: 'Background' | 'Foreground',
): Omit<HttpRequest, 'signal'> => ({
	method: 'DELETE',
	path: jobPath(id),
	body: {
		kind: 'DeleteOptions',
		apiVersion: 'v1',
		propagationPolicy,
		preconditions: {uid, resourceVersion: version},
	},
});

/** The record that a job was read from. */
export const recordOf = ({uid, version}: Job): RecordState => {
	if (uid === undefined || version === undefined) throw malformed('the job has no uid or no resourceVersion');
	return {uid, version};
};

export const cancelJob = async (
	cluster: Cluster,
	id: string,
	{seen, signal}: CancelRequest,
): Promise<CancelReceipt> => {
	const job = seen ?? (await lookAtJob(cluster, id, signal));
	if (job.terminal) return {kind: 'too-late', detail: `it has ended (${job.status})`};
	const record = recordOf(job);
	const {http} = await cluster.session.open();
	const {body} = await http.json({...deletion(id, record, 'Foreground'), signal});
	const wire = readWire(body);
	if (wire === undefined) return {kind: 'accepted'};
	checkName(wire, id);
	if (wire.metadata.uid !== record.uid) {
		throw malformed(`asked to delete uid ${record.uid}, the answer names ${wire.metadata.uid}`);
	}
	return {kind: 'accepted', ...graceOf(wire)};
};

/** How long its pods may take, where the record says so. */
const graceOf = (wire: NonNullable<ReturnType<typeof readWire>>): Pick<CancelReceipt, 'detail'> => {
	const seconds = wire.spec?.template?.spec?.terminationGracePeriodSeconds;
	return typeof seconds === 'number' ? {detail: `its pods have ${seconds} s to end`} : {};
};

/** As it will be sent: which record that is for, the look before it says. */
export const describeCancel = ({session}: Cluster, ids: readonly string[]): readonly string[] =>
	ids.map(id => session.describe(deletion(id, {uid: '<uid>', version: '<resourceVersion>'}, 'Foreground')));

/** Deletes the record of an ended job. A live one is a conflict. */
export const deleteJob = async (cluster: Cluster, id: string, {signal}: RequestOptions): Promise<void> => {
	const job = await lookAtJob(cluster, id, signal);
	if (!job.terminal) {
		const detail = `it has not ended (${job.status}): deleting never cancels, cancel it first`;
		throw new BackendError({kind: 'conflict', detail});
	}
	const {http} = await cluster.session.open();
	await http.json({...deletion(id, recordOf(job), 'Background'), signal});
};
