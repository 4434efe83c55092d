/*
The records of qacct of Grid Engine 8.1.9: one for the end of each run.
*/
import {nodeOf, type RunEnd} from './gridengine-jobs.ts';
import {wordyTime} from './gridengine-times.ts';

/** The failure of its system and the exit code. What a deletion ends looks like what SIGKILL ends. */
const ends = {
	succeeded: ['0    ', '0'],
	failed: ['0    ', '1'],
	killed: ['100 : assumedly after job', '137                  (Killed)'],
} as const;

const secondsOf = ({startedAt, endedAt}: RunEnd): number => Math.floor((endedAt - startedAt) / 1000);

export const accountText = (run: RunEnd): string => {
	const {one, startedAt, endedAt, as} = run;
	const {number, task, job, user} = one;
	const [failed, exit] = ends[as];
	const seconds = secondsOf(run);
	const fields: readonly (readonly [name: string, value: string | number])[] = [
		['qname', 'all.q'],
		['hostname', nodeOf(one)],
		['group', 'users'],
		['owner', user.name],
		['project', 'NONE'],
		['department', 'defaultdepartment'],
		['jobname', job.plan.name],
		['jobnumber', number],
		['taskid', task ?? 'undefined'],
		['account', 'sge'],
		['priority', 0],
		['qsub_time', wordyTime(job.createdAt)],
		['start_time', wordyTime(startedAt)],
		['end_time', wordyTime(endedAt)],
		['granted_pe', 'NONE'],
		['slots', 1],
		['failed', failed],
		['exit_status', exit],
		['ru_wallclock', `${seconds}s`],
		['cpu', `${seconds}.000s`],
		['mem', '0.000Bs'],
		['io', '0.000B'],
		['iow', '0.000s'],
		['maxvmem', '3.551MB'],
		['arid', 'undefined'],
		['category', 'NONE'],
	];
	return `${'='.repeat(62)}\n${fields.map(([name, value]) => `${name.padEnd(12)} ${String(value).padEnd(20)}\n`).join('')}`;
};

/** The sums behind the records: in seconds, but for those that no job here has. */
export const summaryText = (ends: readonly RunEnd[], owner: string | undefined): string => {
	const seconds = ends.reduce((sum, run) => sum + secondsOf(run), 0);
	const columns = ['WALLCLOCK', 'UTIME', 'STIME', 'CPU', 'MEMORY', 'IO', 'IOW'];
	const zero = '0.000';
	const sums = [String(seconds), `${seconds}.000`, zero, `${seconds}.000`, zero, zero, zero];
	const line = (values: readonly string[]) =>
		values.map((value, index) => value.padStart(index === 0 ? 13 : index < 4 ? 14 : 19)).join('');
	const [first, begin] = owner === undefined ? ['Total System Usage\n', ''] : ['', 'OWNER   '];
	const heading = begin + line(columns);
	return `${first}${heading}\n${'='.repeat(heading.length)}\n${(owner ?? '').padEnd(begin.length)}${line(sums)}\n`;
};
