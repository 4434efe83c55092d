/*
The events of a namespace: what the controllers noted about its jobs. The server keeps them for an hour or so.
*/
import type {JobMoment} from '../../job/job.ts';
import {shown} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {number, object, text} from '../record-readers.ts';
import type {Cluster} from './cluster.ts';
import {corePath} from './ids.ts';
import {listSchema} from './record.ts';

const event = object({
	involvedObject: object({uid: text}),
	type: text,
	reason: text,
	message: text,
	count: number,
	firstTimestamp: text,
	lastTimestamp: text,
	eventTime: text,
});

/** An event, and the uid of the job that it is about. */
type JobEvent = JobMoment & {readonly job?: string};

export type EventQuery = {readonly namespace: string; readonly query: {readonly fieldSelector: string}};

/** Events that are asked for at once. */
const maxEvents = 200;

export const readEvents = async (
	{session}: Cluster,
	{namespace, query}: EventQuery,
	signal: AbortSignal,
): Promise<readonly JobEvent[]> => {
	const {http} = await session.open();
	const request = {path: corePath(namespace, 'events'), query: {...query, limit: maxEvents}, signal};
	const {body} = await http.json(request);
	return (listSchema.safeParse(body).data?.items ?? []).flatMap(item => {
		const read = event(item);
		const what = shown(read?.reason);
		if (read === undefined || what === undefined) return [];
		const at = readTime(read.lastTimestamp) ?? readTime(read.eventTime) ?? readTime(read.firstTimestamp);
		const times = (read.count ?? 1) > 1 ? `${read.count} times` : undefined;
		const detail = [shown(read.message), times].filter(Boolean).join('; ');
		const job = read.involvedObject?.uid;
		return [{what, ...(job && {job}), ...(at !== undefined && {at}), ...(detail !== '' && {detail})}];
	});
};
