/*
The events that Flux logs about a job: what happened when, and who raised an exception.
*/
import {BackendError} from '../../job/failure.ts';
import {parseJson} from '../parse-json.ts';
import type {FluxPrograms} from './programs.ts';
import {type FluxRecord, isRecord, millisOf, recordOf} from './record.ts';

/** https://flux-framework.readthedocs.io/projects/flux-rfc/en/latest/spec_21.html */
export type FluxEvent = {
	/** Epoch milliseconds. */
	readonly at: number;
	readonly name: string;
	readonly context: FluxRecord;
};

/** The events in a log, one in each line. What is no event is left out. */
export const parseEvents = (text: string): readonly FluxEvent[] =>
	text.split('\n').flatMap(line => {
		if (!line.startsWith('{')) return [];
		const event = parseJson(line);
		if (!isRecord(event) || typeof event.name !== 'string') return [];
		const at = millisOf(event, 'timestamp');
		return at === undefined ? [] : [{at, name: event.name, context: recordOf(event, 'context')}];
	});

/** The events of one job; empty where Flux does not show them. */
export const readEvents = async (
	{run}: FluxPrograms,
	id: string,
	signal: AbortSignal,
): Promise<readonly FluxEvent[]> => {
	try {
		const {code, stdout} = await run('flux', ['job', 'eventlog', '-f', 'json', id], signal);
		return code === 0 ? parseEvents(stdout) : [];
	} catch (error) {
		if (error instanceof BackendError) return [];
		throw error;
	}
};
