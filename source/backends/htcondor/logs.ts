import type {LogPage, RequestOptions} from '../backend.ts';
import {noOutput, readOutput} from '../programs/output.ts';
import {timeOf} from './ad.ts';
import {outputOf} from './details.ts';
import {parseId} from './ids.ts';
import {lookAtOne, readWhole} from './look.ts';
import type {Schedd} from './schedd.ts';

/** The end of the file that the job writes to, or what is new in it behind `after`. */
export const readLog = async (
	schedd: Schedd,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const found = await lookAtOne(schedd, id, signal);
	if (parseId(id)?.proc === undefined) throw noOutput('each job of a cluster has a log of its own');
	const ad = await readWhole(schedd, found, signal);
	const path = outputOf(ad);
	if (path === undefined) throw noOutput('this job does not write its output to a file');
	if (timeOf(ad, 'JobStartDate') === undefined && !found.job.terminal)
		throw noOutput('no log yet: the job waits');
	const nodes = found.job.labels?.node;
	const request = {path, ended: found.job.terminal, signal};
	return readOutput(
		{...request, ...(nodes !== undefined && {nodes}), ...(after !== undefined && {after})},
		schedd.programs.openOutput,
	);
};
