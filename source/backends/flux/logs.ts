/*
What a job printed. Flux keeps it with the job, unless it was submitted with a file for it. `flux job attach` is never run: it stays until the job ends, and two Ctrl-C there cancel the job.
*/
import {BackendError} from '../../job/failure.ts';
import type {LogPage, RequestOptions} from '../backend.ts';
import {logPage, readEnd, readPlace} from '../log-bytes.ts';
import {noOutput, readOutput} from '../programs/output.ts';
import {failureOfFlux} from './answers.ts';
import {type FluxEvent, parseEvents} from './events.ts';
import type {Instance} from './instance.ts';
import {lookAtOne} from './look.ts';
import type {FluxRecord} from './record.ts';

export const readLog = async (
	instance: Instance,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const {job, record} = await lookAtOne(instance, id, signal);
	const {run, openOutput} = instance.programs;
	if (job.startedAt === undefined)
		throw noOutput(job.terminal ? 'this job never started' : 'no log yet: the job waits');
	const result = await run('flux', ['job', 'eventlog', '-f', 'json', '-p', 'guest.output', job.id], signal);
	if (result.code !== 0) {
		if (/not found/i.test(result.stderr))
			throw noOutput(job.terminal ? 'Flux has no output of this job' : 'no log yet: the job is starting');
		throw new BackendError(failureOfFlux(result));
	}
	const events = parseEvents(result.stdout);
	const path = redirectedTo(events, record);
	const nodes = job.labels?.node;
	if (path !== undefined) {
		const request = {path, ended: job.terminal, signal};
		return readOutput(
			{...request, ...(nodes !== undefined && {nodes}), ...(after !== undefined && {after})},
			openOutput,
		);
	}
	const place = readPlace(after);
	return logPage(await readEnd(printed(events), place), place, job.terminal);
};

/** The absolute path of the file that the job writes its output to; undefined if it writes to none. */
const redirectedTo = (events: readonly FluxEvent[], {cwd}: FluxRecord): string | undefined => {
	const redirect = events.find(({name, context}) => name === 'redirect' && context.stream === 'stdout');
	const path = redirect?.context.path;
	if (typeof path !== 'string' || path === '' || path.includes('\0')) return undefined;
	if (path.startsWith('/')) return path;
	return typeof cwd === 'string' && cwd.startsWith('/') ? `${cwd.replace(/\/$/, '')}/${path}` : undefined;
};

/** What the job printed, in the order in which it came. https://flux-framework.readthedocs.io/projects/flux-rfc/en/latest/spec_24.html */
async function* printed(events: readonly FluxEvent[]): AsyncGenerator<Buffer> {
	for (const {name, context} of events) {
		if (name !== 'data' || typeof context.data !== 'string') continue;
		yield Buffer.from(context.data, context.encoding === 'base64' ? 'base64' : 'utf8');
	}
}
