/*
What the embedded PBS's qstat prints: records as JSON or text, and the tables for people.
*/
import {pbsServer} from './lost.ts';
import {hasEnded, type PbsJob} from './pbs-jobs.ts';
import {attributesOf, type Place, taskAttributes} from './pbs-records.ts';

export const version = '23.06.06';

/** A job in an answer, with the array that it is a task of. */
export type Shown = {readonly one: PbsJob; readonly array?: PbsJob};

/** A record by its id. */
type Row = readonly [id: string, attributes: Readonly<Record<string, unknown>>];

const rowOf = ({one, array}: Shown, place: Place): Row => [
	one.id,
	array === undefined ? attributesOf(one, place) : taskAttributes(one, array, place),
];

/** `qstat -f -F json`: without a job, there is no `Jobs`. */
export const inJson = (shown: readonly Shown[], place: Place): string => {
	const rows = shown.map(each => rowOf(each, place));
	const answer = {
		timestamp: Math.floor(place.now / 1000),
		pbs_version: version,
		pbs_server: pbsServer,
		...(rows.length > 0 && {Jobs: Object.fromEntries(rows)}),
	};
	return `${JSON.stringify(answer, undefined, '\t').replace(/^(\t*"[^"]*":) /gm, '$1\t')}\n`;
};

/** `qstat -f` */
export const inText = (shown: readonly Shown[], place: Place): string =>
	shown
		.map(each => {
			const [id, attributes] = rowOf(each, place);
			const lines = Object.entries(attributes).flatMap(([name, value]) => textLines(name, value));
			return `Job Id: ${id}\n${lines.map(line => `${folded(`    ${line}`)}\n`).join('')}\n`;
		})
		.join('');

const textLines = (name: string, value: unknown): readonly string[] => {
	if (typeof value !== 'object' || value === null) return [`${name} = ${value}`];
	const pairs = Object.entries(value);
	if (name === 'Variable_List') return [`${name} = ${pairs.map(pair => pair.join('=')).join(',')}`];
	return pairs.map(([resource, each]) => `${name}.${resource} = ${each}`);
};

/** A long line goes on in the next ones, behind a tab. */
const folded = (line: string): string =>
	line.length < 80 ? line : line.slice(0, 78) + line.slice(78).replace(/.{1,70}/g, '\n\t$&');

const cut = (text: string, width: number): string =>
	text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}*`;

const hoursOf = (ms: number): string => {
	const minutes = Math.floor(ms / 60_000);
	const two = (value: number) => String(value).padStart(2, '0');
	return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

const letterOf = (one: PbsJob): string => (one.task !== undefined && hasEnded(one) ? 'X' : one.state);

/** The value of an attribute, or of one of its parts. */
const partOf = (attributes: Row[1], name: string, part: string): unknown =>
	(attributes[name] as Readonly<Record<string, unknown>> | undefined)?.[part];

/** The table of `qstat`; nothing without a job. */
export const inTable = (shown: readonly Shown[], place: Place): string => {
	if (shown.length === 0) return '';
	const lines = shown.map(each => {
		const [id, attributes] = rowOf(each, place);
		const {job, user} = each.one;
		const used = String(partOf(attributes, 'resources_used', 'cput') ?? 0).padStart(8);
		const names = [id, job.plan.name, user.name].map(text => cut(text, 16));
		return `${names[0]}  ${names[1]} ${names[2]}  ${used} ${letterOf(each.one)} ${cut(String(attributes.queue), 16)}\n`;
	});
	return `Job id            Name             User              Time Use S Queue\n----------------  ---------------- ----------------  -------- - -----\n${lines.join('')}`;
};

/** The table of `qstat -u` and `qstat -a`; nothing without a job. */
export const inWideTable = (shown: readonly Shown[], place: Place): string => {
	if (shown.length === 0) return '';
	const lines = shown.map(each => {
		const [id, attributes] = rowOf(each, place);
		const {job, user, endedAt} = each.one;
		const session = String(attributes.session_id ?? '-- ').padStart(6);
		const elapsed = job.startedAt === undefined ? ' -- ' : hoursOf((endedAt ?? place.now) - job.startedAt);
		const names = `${cut(id, 15)} ${cut(user.name, 8)} ${cut(String(attributes.queue), 8)} ${cut(job.plan.name, 10)}`;
		return `${names} ${session}   1   4    8gb 04:00 ${letterOf(each.one)} ${elapsed}\n`;
	});
	return `\n${pbsServer}: \n${' '.repeat(60)}Req'd  Req'd   Elap\nJob ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time\n--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----\n${lines.join('')}`;
};

/** `qstat -B -f`, for those who ask what the server is. */
export const serverText = (jobs: readonly PbsJob[]): string => {
	const counts = {Queued: 'Q', Held: 'H', Running: 'R', Exiting: 'E', Begun: 'B'};
	const states = Object.entries(counts).map(
		([word, letter]) => `${word}:${jobs.filter(({state}) => state === letter).length}`,
	);
	const attributes = {
		server_state: 'Active',
		server_host: pbsServer,
		scheduling: 'True',
		total_jobs: jobs.length,
		state_count: states.join(' '),
		default_queue: 'workq',
		job_history_enable: 'True',
		job_history_duration: '336:00:00',
		pbs_version: version,
	};
	const lines = Object.entries(attributes).map(([name, value]) => `    ${name} = ${value}\n`);
	return `Server: ${pbsServer}\n${lines.join('')}\n`;
};
