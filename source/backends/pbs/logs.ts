import type {Job} from '../../job/job.ts';
import type {LogPage, RequestOptions} from '../backend.ts';
import {noOutput, orInFolder, readOutput} from '../programs/output.ts';
import {isArray, parseId} from './ids.ts';
import {lookAtOne} from './look.ts';
import type {JobRecord} from './records.ts';
import type {Server} from './server.ts';

/** The end of the file that PBS puts the output into, or what is new in it behind `after`. */
export const readLog = async (
	server: Server,
	id: string,
	{signal, after}: RequestOptions & {readonly after?: string},
): Promise<LogPage> => {
	const {job, record} = await lookAtOne(server, id, signal);
	if (isArray(id)) throw noOutput('each task of an array has a log of its own');
	if (job.startedAt === undefined && !job.terminal) throw noOutput('no log yet: the job waits');
	const path = pathOfOutput(record);
	if (path === undefined) throw noOutput('this job does not write its output to a file');
	if (!job.terminal && !isWrittenDirectly(record)) throw noOutput(notYet(job));
	const request = {path, ended: job.terminal, signal};
	const nodes = job.labels?.node;
	return readOutput(
		{...request, ...(nodes !== undefined && {nodes}), ...(after !== undefined && {after})},
		orInFolder(server.programs.openOutput, `${id}.${record.Join_Path === 'eo' ? 'ER' : 'OU'}`),
	);
};

const notYet = ({labels}: Job): string => {
	const where = labels?.node === undefined ? 'its node' : labels.node;
	return `no log yet: PBS copies it from ${where} when the job ends, unless it was submitted with qsub -kod`;
};

/** The path of the output, as it is: what is cleaned is another file. */
export const pathOfOutput = (record: JobRecord): string | undefined => {
	const path = isKept(record) ? keptPath(record) : finalPath(record);
	return path?.startsWith('/') && path !== '/dev/null' && !path.includes('\0') ? path : undefined;
};

/** Where PBS puts the output in the end: `host:/path`. Both outputs are in the file of the errors if the job joins them so. */
const finalPath = (record: JobRecord): string | undefined => {
	const place = record.Join_Path === 'eo' ? record.Error_Path : record.Output_Path;
	if (typeof place !== 'string') return undefined;
	return place.replace(/^[^/:]+:/, '').replaceAll('^array_index^', taskOf(record) ?? '^array_index^');
};

/** `qsub -ko`: the output stays where the job runs, in its folder. */
const keptPath = (record: JobRecord): string | undefined => {
	const {jobdir, Job_Name: name, Job_Id: id} = record;
	if (typeof jobdir !== 'string' || typeof name !== 'string') return undefined;
	const task = taskOf(record);
	return `${jobdir}/${name}.o${parseId(id)?.number}${task === undefined ? '' : `.${task}`}`;
};

const taskOf = ({Job_Id: id}: JobRecord): string | undefined =>
	/^\[(\d+)\]$/.exec(parseId(id)?.brackets ?? '')?.[1];

const keeps = ({Keep_Files: files}: JobRecord): string =>
	typeof files === 'string' && files !== 'n' ? files : '';

const isKept = (record: JobRecord): boolean => keeps(record).includes('o') && !keeps(record).includes('d');

/** Whether the job writes into its file from the beginning (`qsub -ko`, `-kod`). Otherwise PBS copies the output when the job has ended. */
const isWrittenDirectly = (record: JobRecord): boolean => keeps(record).includes('o');
