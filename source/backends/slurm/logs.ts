import type {LogPage, RequestOptions} from '../backend.ts';
import {noOutput, readOutput} from '../programs/output.ts';
import type {Controller} from './controller.ts';
import {outputOf} from './details.ts';
import {lookAtOne, show} from './look.ts';

/** The end of the file that the job writes to, or what is new in it behind `after`. */
export const readLog = async (
	controller: Controller,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const one = await lookAtOne(controller, id, signal);
	const text = one.account === undefined ? await show(controller, one, signal) : undefined;
	if (text === undefined) throw noOutput('Slurm no longer knows where the output of this job is');
	if (one.job.startedAt === undefined) throw noOutput('no log yet: the job waits');
	const {path, nodes} = outputOf(text);
	if (!path?.startsWith('/') || path === '/dev/null')
		throw noOutput('this job does not write its output to a file');
	const ended = one.job.terminal;
	const request = {path, ended, signal, ...(nodes && {nodes}), ...(after !== undefined && {after})};
	return readOutput(request, controller.programs.openOutput);
};
