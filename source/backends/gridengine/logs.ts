import type {LogPage, RequestOptions} from '../backend.ts';
import {noOutput, orInFolder, readOutput} from '../programs/output.ts';
import type {Cell} from './cell.ts';
import {type JobId, onlyTask, parseId} from './ids.ts';
import {lookAtOne} from './look.ts';
import type {KnownJob} from './memory.ts';

/** The end of the file that the job writes to, or what is new in it behind `after`. */
export const readLog = async (
	cell: Cell,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const {found} = await lookAtOne(cell, id, signal);
	const {job} = found;
	const parsed = parseId(id) as JobId;
	if (job.set) throw noOutput('each task of an array has a log of its own');
	if (job.startedAt === undefined && !job.terminal) throw noOutput('no log yet: the job waits');
	const known = cell.memory.of(parsed.job);
	if (known?.output === undefined) {
		throw noOutput(
			'Grid Engine does not keep where the output of an ended job is, and jobtop did not see it run',
		);
	}
	const path = outputPath(known, parsed, job.labels?.node);
	if (path === undefined) throw noOutput('this job does not write its output to a file');
	const node = job.labels?.node;
	const request = {path, ended: job.terminal, signal};
	return readOutput(
		{...request, ...(node !== undefined && {nodes: node}), ...(after !== undefined && {after})},
		orInFolder(cell.programs.openOutput, usualName(known, parsed)),
	);
};

/** The task, where the job is one of an array. */
const taskOf = ({tasks}: KnownJob, id: JobId): number | undefined =>
	tasks === undefined ? undefined : onlyTask(id);

const usualName = (known: KnownJob, id: JobId): string => {
	const task = taskOf(known, id);
	return `${known.name}.o${id.job}${task === undefined ? '' : `.${task}`}`;
};

/** Where the output goes, as an absolute path; undefined if it goes nowhere. https://manpages.debian.org/bookworm/gridengine-client/qsub.1.en.html (`-o`) */
export const outputPath = (known: KnownJob, id: JobId, host = ''): string | undefined => {
	const {owner, name, output: {path, folder, home} = {}} = known;
	const task = taskOf(known, id);
	const usual = usualName(known, id);
	const base = folder ?? home;
	const values: Readonly<Record<string, string>> = {
		HOME: home ?? '',
		USER: owner,
		JOB_ID: String(id.job),
		JOB_NAME: name,
		HOSTNAME: host,
		TASK_ID: task === undefined ? 'undefined' : String(task),
		SGE_TASK_ID: task === undefined ? 'undefined' : String(task),
	};
	const written = path?.replace(/\$(\w+)/g, (whole, variable: string) => values[variable] ?? whole);
	if (written === '/dev/null') return undefined;
	// A folder gets a file of the usual name.
	const file = written === undefined ? usual : written.endsWith('/') ? written + usual : written;
	if (file.startsWith('/')) return file;
	return base?.startsWith('/') ? `${base.replace(/\/$/, '')}/${file}` : undefined;
};
