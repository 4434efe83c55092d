/*
What a job printed: bpeek shows it while the job runs, afterwards its file has it. bpeek always gets an id: without one it shows the job that was submitted last.
*/
import {BackendError} from '../../job/failure.ts';
import type {LogPage, RequestOptions} from '../backend.ts';
import {logPage, readEnd, readPlace} from '../log-bytes.ts';
import {noOutput, readOutput} from '../programs/output.ts';
import {failureOfProgram} from './answers.ts';
import type {Cluster} from './cluster.ts';
import {detailFields, outputOf} from './details.ts';
import {lookAtOne} from './look.ts';
import {fields} from './wire.ts';

export const readLog = async (
	cluster: Cluster,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const {job, record} = await lookAtOne(cluster, id, signal, [...fields, ...detailFields]);
	if (job.set) throw noOutput('each element of an array has a log of its own');
	if (!job.terminal) {
		if (job.startedAt === undefined) throw noOutput('no log yet: the job waits');
		return peek(cluster, id, after, signal);
	}
	const path = record && outputOf(record, id);
	if (path === undefined)
		throw noOutput('LSF names no output file of this job; it may have mailed the output');
	const nodes = job.labels?.node;
	return readOutput(
		{path, ended: true, signal, ...(nodes !== undefined && {nodes}), ...(after !== undefined && {after})},
		cluster.programs.openOutput,
	);
};

/** What a job that runs has printed so far. */
const peek = async (
	{programs}: Cluster,
	id: string,
	after: string | undefined,
	signal: AbortSignal,
): Promise<LogPage> => {
	const result = await programs.run('bpeek', [id], signal);
	if (/not yet started/i.test(`${result.stdout}\n${result.stderr}`))
		throw noOutput('no log yet: the job waits');
	if (result.code !== 0) throw new BackendError(failureOfProgram('bpeek', result));
	const place = readPlace(after);
	const bytes = Buffer.from(result.stdout.replace(/^<< output from std(?:out|err) >>\r?\n/gm, ''));
	return logPage(await readEnd(whole(bytes), place), place, false);
};

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
	yield bytes;
}
