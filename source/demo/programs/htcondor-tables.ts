/*
What condor_q and condor_history print for a person, as HTCondor 23.9 does.
*/
import {basename} from 'node:path';
import {setOfTasks} from './arguments.ts';
import {type CondorJob, jobStatus} from './htcondor-records.ts';
import {scheddName} from './schedd.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `11/29 03:25`, in local time. */
const dateText = (ms: number): string => {
	const date = new Date(ms);
	const month = String(date.getMonth() + 1).padStart(2);
	const day = String(date.getDate()).padEnd(2);
	return `${month}/${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** `0+00:01:40`: days, hours, minutes and seconds. */
const spanText = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const [days, hours, minutes] = [86_400, 3600, 60].map(unit => Math.floor(seconds / unit)) as [
		number,
		number,
		number,
	];
	return `${days}+${two(hours % 24)}:${two(minutes % 60)}:${two(seconds % 60)}`.padStart(12);
};

const letters: Readonly<Record<number, string>> = {
	[jobStatus.idle]: 'I',
	[jobStatus.running]: 'R',
	[jobStatus.removed]: 'X',
	[jobStatus.completed]: 'C',
	[jobStatus.held]: 'H',
};

const ranMs = ({job}: CondorJob, now: number): number =>
	job.startedAt === undefined ? 0 : (job.endedAt ?? now) - job.startedAt;

export const headingOf = (now: number): string => {
	const date = new Date(now);
	const day = [date.getMonth() + 1, date.getDate(), date.getFullYear() % 100].map(two).join('/');
	const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
	return `\n\n-- Schedd: ${scheddName} : <127.0.0.1:9618?... @ ${day} ${time}\n`;
};

/** A line for each job: `-nobatch`. */
export const jobTable = (jobs: readonly CondorJob[], now: number): string => {
	const lines = jobs.map(one => {
		const {cluster, proc, user, job, status, ad} = one;
		const id = `${String(cluster).padStart(4)}.${String(proc).padEnd(3)}`;
		// What a removed job has run is counted no more.
		const run = spanText(status === jobStatus.running ? ranMs(one, now) : 0);
		const command = `${basename(String(ad.Cmd))} ${ad.Args}`;
		return `${id} ${user.name.padEnd(14)} ${dateText(job.createdAt)} ${run} ${letters[status]}  0    0.0 ${command}\n`;
	});
	return ` ID      OWNER            SUBMITTED     RUN_TIME ST PRI SIZE CMD\n${lines.join('')}`;
};

/** A line for each batch, which is a cluster here: what is printed without options. */
export const batchTable = (jobs: readonly CondorJob[]): string => {
	const widest = (least: number, textOf: (one: CondorJob) => string) =>
		jobs.reduce((width, one) => Math.max(width, textOf(one).length), least);
	const ownerWidth = widest(5, ({user}) => user.name);
	const nameWidth = widest(10, ({job}) => job.plan.name);
	const hasHeld = jobs.some(({status}) => status === jobStatus.held);
	const row = (owner: string, name: string, submitted: string, counts: readonly string[]) =>
		`${owner.padEnd(ownerWidth)} ${name.padEnd(nameWidth)} ${submitted.padStart(12)}${counts
			.map(count => count.padStart(7))
			.join('')}`;
	const heading = ['DONE', 'RUN ', 'IDLE', ...(hasHeld ? ['HOLD'] : []), 'TOTAL'];
	const lines = [...Map.groupBy(jobs, ({cluster}) => cluster).values()].map(batch => {
		const [first] = batch as [CondorJob, ...CondorJob[]];
		const whole = Number(first.ad.TotalSubmitProcs);
		const count = (status: number) => batch.filter(one => one.status === status).length;
		const counts = [
			whole - batch.length,
			count(jobStatus.running),
			count(jobStatus.idle),
			...(hasHeld ? [count(jobStatus.held)] : []),
			whole,
		].map(value => (value === 0 ? '_' : String(value)));
		const ids = `${first.cluster}.${setOfTasks(batch.map(({proc}) => proc))}`;
		return `${row(first.user.name, first.job.plan.name, dateText(first.job.createdAt), counts)} ${ids}\n`;
	});
	return `${row('OWNER', 'BATCH_NAME', 'SUBMITTED', heading)} JOB_IDS\n${lines.join('')}`;
};

/** The sums below a table. */
export const totalsOf = (of: string, jobs: readonly CondorJob[]): string => {
	const count = (status: number) => jobs.filter(one => one.status === status).length;
	const sums = Object.entries({
		completed: jobStatus.completed,
		removed: jobStatus.removed,
		idle: jobStatus.idle,
		running: jobStatus.running,
		held: jobStatus.held,
	}).map(([word, status]) => `${count(status)} ${word}, `);
	return `Total for ${of}: ${jobs.length} jobs; ${sums.join('')}0 suspended \n`;
};

export const historyTable = (jobs: readonly CondorJob[], now: number): string => {
	const lines = jobs.map(one => {
		const {cluster, proc, user, job, status, ad} = one;
		const id = `${cluster}.${String(proc).padEnd(3)}`.padEnd(7);
		const completed = status === jobStatus.completed ? dateText(job.endedAt ?? job.updatedAt) : '    ???    ';
		return `${id} ${user.name.padEnd(14)} ${dateText(job.createdAt)} ${spanText(ranMs(one, now))} ${letters[status]}  ${completed} ${ad.Cmd} ${ad.Args}\n`;
	});
	return ` ID     OWNER          SUBMITTED   RUN_TIME     ST COMPLETED   CMD            \n${lines.join('')}`;
};
