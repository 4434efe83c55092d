/*
squeue, scancel, scontrol and sacct in one: what they do to the records in a folder, and what they print and end with, is what Slurm 22.05 does and prints.

FAKE_SLURM is the folder: `jobs/` has a file for each record, `requests` a line for each request, `fail` says how the next one fails, `rate` how many requests the controller takes before it asks for patience, and how long it has then to be waited for, `munge-dead` is there where no credential can be had, `wrappers.json` says what a site prints around its programs, `accounts/` is what only sacct remembers, `clusters/` has a folder of that kind for each cluster that `-M` names.
*/
import {appendFileSync, existsSync, readFileSync, rmSync} from 'node:fs';
import {
	complain,
	print,
	readJson,
	readRecords,
	runWrapped,
	saveRecord,
	usualFailures,
} from './fake-program.mjs';

const root = process.env.FAKE_SLURM;
const [program, ...args] = process.argv.slice(2);
const named = args.indexOf('-M');
const cluster = named === -1 ? undefined : args[named + 1];
/** Another cluster has a folder of its own, with jobs that are counted anew. */
const folder = cluster === undefined ? root : `${root}/clusters/${cluster}`;
const userId = Number(process.env.FAKE_SLURM_UID);

const ended = new Set(
	'COMPLETED CANCELLED FAILED TIMEOUT NODE_FAIL PREEMPTED BOOT_FAIL DEADLINE OUT_OF_MEMORY'.split(' '),
);

const recordsIn = name => (existsSync(`${folder}/${name}`) ? readRecords(`${folder}/${name}`) : []);

const baseOf = id => /^\d+/.exec(id)?.[0];
const setOf = id => /_\[(.*)\]$/.exec(id)?.[1];
const tasksOf = set =>
	set
		.replace(/%\d+$/, '')
		.split(',')
		.flatMap(part => {
			const [, from, to = from, step = 1] = /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(part) ?? [];
			const tasks = [];
			for (let task = Number(from); task <= Number(to); task += Number(step)) tasks.push(task);
			return tasks;
		});
const setFrom = tasks => {
	const ranges = [];
	for (const task of tasks) {
		const last = ranges.at(-1);
		if (last !== undefined && last[1] === task - 1) last[1] = task;
		else ranges.push([task, task]);
	}
	return ranges.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
};
const limitOf = set => /%\d+$/.exec(set)?.[0] ?? '';

/** What of a record an id asks for: the record, some of its tasks, or nothing. */
const partOf = (record, asked) => {
	if (record.id === asked || baseOf(record.id) === asked || record.raw === asked) return record;
	const set = setOf(record.id);
	const task = /_(\d+)$/.exec(asked)?.[1];
	if (baseOf(record.id) !== baseOf(asked)) return undefined;
	if (asked.includes('+') && record.id.includes('+')) return record;
	if (set === undefined || task === undefined) return undefined;
	return tasksOf(set).includes(Number(task)) ? {...record, id: `${baseOf(asked)}_${task}`} : undefined;
};

const time = seconds => {
	if (seconds === undefined) return 'N/A';
	if (process.env.SLURM_TIME_FORMAT === '%s') return String(seconds);
	return new Date(seconds * 1000).toISOString().slice(0, 19);
};

const optionOf = (...names) => {
	for (const [index, arg] of args.entries()) {
		if (names.includes(arg)) return args[index + 1];
		const name = names.find(name => name.startsWith('--') && arg.startsWith(`${name}=`));
		if (name !== undefined) return arg.slice(name.length + 1);
	}
	return undefined;
};

const shownId = id => {
	const set = setOf(id);
	if (process.env.SLURM_BITSTR_LEN === '0' || set === undefined || set.length <= 64) return id;
	return `${baseOf(id)}_[${set.slice(0, 64)}`;
};

const programs = {
	squeue() {
		if (process.env.SQUEUE_FORMAT !== undefined || process.env.SLURM_CLUSTERS !== undefined) {
			print('CLUSTER: lab\n');
			return 0;
		}
		const asked = optionOf('-j')?.split(',');
		const all = optionOf('-t') === 'all';
		const owner = optionOf('-u');
		const records = recordsIn('jobs');
		const known = asked?.some(id => records.some(record => partOf(record, id) !== undefined));
		if (asked?.length === 1 && !known) {
			complain('slurm_load_jobs error: Invalid job id specified');
			return 1;
		}
		printHeadings();
		for (const record of records) {
			if (!all && ended.has(record.state)) continue;
			if (owner !== undefined && String(record.uid) !== owner) continue;
			const parts = asked?.map(id => partOf(record, id)).filter(part => part !== undefined) ?? [record];
			if (parts.length > 0) printQueued({...record, id: jointId(record, parts)});
			if (record.ends !== undefined) settle(record);
		}
		return 0;
	},

	scontrol() {
		const words = args.filter(arg => !arg.startsWith('-'));
		const id = words.at(-1) ?? '';
		const shown = recordsIn('jobs').flatMap(record => partOf(record, id) ?? []);
		if (setOf(id) !== undefined) complain('scontrol_print_job error: Invalid job id specified');
		else if (shown.length === 0 && id.includes('_')) complain(`Job ${id} not found`);
		else if (shown.length === 0) complain('slurm_load_jobs error: Invalid job id specified');
		for (const record of shown) print(`${shownText(record)}\n\n`);
		return shown.length > 0 ? 0 : 1;
	},

	sacct() {
		if (existsSync(`${folder}/no-accounts`)) {
			complain('Slurm accounting storage is disabled');
			return 1;
		}
		const asked = optionOf('-j')?.split(',') ?? [];
		if (asked.some(id => id.includes('['))) {
			complain(`sacct: fatal: Bad job array element specified: ${asked[0]}`);
			return 1;
		}
		const between = optionOf('--delimiter') ?? '|';
		const fields = (optionOf('--format') ?? '').split(',');
		print(`${fields.join(between)}${between}\n`);
		for (const record of recordsIn('accounts')) {
			if (!asked.some(id => record.id === id || baseOf(record.id) === id)) continue;
			print(`${fields.map(field => `${accountValue(record, field)}${between}`).join('')}\n`);
		}
		return 0;
	},

	async scancel() {
		const ids = args.filter(arg => !arg.startsWith('-'));
		const bad = ids.find(id => !/^\d+(_\d+|_\[[\d,-]+\]|\+\d+)?$/.test(id));
		if (bad !== undefined || ids.length === 0) {
			complain(
				ids.length === 0
					? 'scancel: error: No job identification provided'
					: `scancel: error: Invalid job id ${bad}`,
			);
			return 1;
		}
		let code = 0;
		const problems = [];
		for (const id of ids) {
			complain(`scancel: Terminating job ${id}`);
			await patience();
			const problem = cancel(id);
			if (problem !== undefined) problems.push(`scancel: error: Kill job error on job id ${id}: ${problem}`);
			if (problem === 'Access/permission denied') code = 210;
		}
		for (const problem of problems.reverse()) complain(problem);
		return code;
	},
};

/** A job that waits, and one that was cancelled while it waited, has none. */
const nodesOf = ({state, start, end, nodes}) =>
	nodes ?? (state === 'PENDING' || (state === 'CANCELLED' && start === end) ? '' : 'n1');

const jointId = (record, parts) => {
	const set = setOf(record.id);
	if (set === undefined || parts.some(({id}) => id === record.id)) return record.id;
	const tasks = parts.map(({id}) => Number(id.slice(id.indexOf('_') + 1))).sort((a, b) => a - b);
	return tasks.length === 1 ? parts[0].id : `${baseOf(record.id)}_[${setFrom(tasks)}]`;
};

const headings = {
	i: 'JOBID',
	T: 'STATE',
	U: 'UID',
	u: 'USER',
	P: 'PARTITION',
	V: 'SUBMIT_TIME',
	S: 'START_TIME',
	e: 'END_TIME',
	l: 'TIME_LIMIT',
	D: 'NODES',
	N: 'NODELIST',
	r: 'REASON',
	j: 'NAME',
};
const printHeadings = () => {
	if (args.includes('-h')) return;
	print(`${optionOf('-o').replace(/%(\w)/g, (_, letter) => headings[letter])}\n`);
};

const printQueued = record => {
	const values = {
		i: shownId(record.id),
		T: record.state,
		U: record.uid,
		u: record.user,
		P: 'debug',
		V: time(record.submit),
		S: time(record.start),
		e: time(record.end),
		l: record.limit ?? '1:00:00',
		D: '1',
		N: nodesOf(record),
		r: record.reason,
		j: record.name,
	};
	print(`${optionOf('-o').replace(/%(\w)/g, (_, letter) => String(values[letter]))}\n`);
};

/** A job that is ending has ended when it was shown so often. */
const settle = record => {
	const {ends, ...rest} = record;
	saveRecord(ends > 0 ? {...record, ends: ends - 1} : {...rest, state: 'CANCELLED'});
};

const shownText = record => {
	const task = /_(\d+)$/.exec(record.id)?.[1];
	const array = task === undefined ? '' : ` ArrayJobId=${baseOf(record.id)} ArrayTaskId=${task}`;
	return `JobId=${record.raw ?? baseOf(record.id)}${array} JobName=${record.name}
   UserId=${record.user}(${record.uid}) GroupId=users(100) MCS_label=N/A
   Priority=1 Nice=0 Account=lab QOS=normal
   JobState=${record.state} Reason=${record.reason} Dependency=(null)
   Requeue=1 Restarts=${record.restarts ?? 0} BatchFlag=1 Reboot=0 ExitCode=0:0
   RunTime=00:00:00 TimeLimit=01:00:00 TimeMin=N/A
   SubmitTime=${time(record.submit)} EligibleTime=${time(record.submit)}
   AccrueTime=${time(record.submit)}
   StartTime=${time(record.start)} EndTime=${time(record.end)} Deadline=N/A
   Partition=debug AllocNode:Sid=login1:17
   NodeList=n1
   NumNodes=1 NumCPUs=1 NumTasks=1 CPUs/Task=1 ReqB:S:C:T=0:0:*:*
   Command=(null)
   WorkDir=/home/${record.user}
${record.cron ? '   CronJob=Yes CrontabSpec="* * * * *"\n' : ''}   StdErr=${record.errors ?? record.output}
   StdIn=/dev/null
   StdOut=${record.output}`;
};

const accountValue = (record, field) => {
	const values = {
		JobName: record.name,
		JobID: record.id,
		State: record.state === 'CANCELLED' ? `CANCELLED by ${record.uid}` : record.state,
		UID: record.uid,
		User: record.user,
		Partition: 'debug',
		Account: 'lab',
		Submit: time(record.submit),
		Eligible: time(record.submit),
		Start: time(record.start),
		End: time(record.end),
		Timelimit: '01:00:00',
		Reason: record.reason,
		ExitCode: '0:0',
		NodeList: nodesOf(record) || 'None assigned',
		WorkDir: '/home',
	};
	return values[field];
};

/** The problem; undefined where it worked. Of a set that is a problem of one of its members, whatever became of the others. */
const cancel = id => {
	const tasks = setOf(id) === undefined ? undefined : tasksOf(setOf(id));
	// A raw id of a task is not known to 22.05's scancel.
	const targets = recordsIn('jobs').flatMap(record => {
		if (tasks === undefined) {
			const part = record.raw === id ? undefined : partOf(record, id);
			const sibling = id.includes('+') && record.id !== id && !id.endsWith('+0');
			return part === undefined || sibling ? [] : [{record, part}];
		}
		return taskNumbers(record, id).some(task => tasks.includes(task)) ? [{record, part: {id}}] : [];
	});
	if (targets.length === 0) return 'Invalid job id specified';
	if (targets.some(({record}) => record.uid !== userId)) return 'Access/permission denied';
	const live = targets.filter(({record}) => record.state !== 'COMPLETING' && !ended.has(record.state));
	if (live.length === 0) return 'Job/step already completing or completed';
	if (/\+[1-9]/.test(id) && live[0].record.state === 'PENDING') {
		return 'Operation not permitted on individual component of heterogeneous job';
	}
	for (const {record, part} of live) end(record, part.id);
	if (tasks === undefined) return undefined;
	const there = targets.flatMap(({record}) => taskNumbers(record, id));
	if (tasks.some(task => !there.includes(task))) return 'Invalid job id specified';
	return live.length < targets.length ? 'Job/step already completing or completed' : undefined;
};

/** The tasks of an array that a record is about. */
const taskNumbers = (record, id) => {
	if (baseOf(record.id) !== baseOf(id) || !record.id.includes('_')) return [];
	return setOf(record.id) === undefined ? [Number(record.id.split('_')[1])] : tasksOf(setOf(record.id));
};

const end = (record, asked) => {
	const now = record.now;
	if (record.state !== 'PENDING')
		saveRecord({...record, state: 'COMPLETING', end: now, ends: record.stubborn ?? 0});
	else if (setOf(record.id) === undefined || asked === record.id || !asked.includes('_')) {
		saveRecord({...record, state: 'CANCELLED', start: now, end: now});
	} else {
		// Of the tasks that are cancelled while they wait nothing is left.
		const gone = setOf(asked) === undefined ? [Number(asked.split('_')[1])] : tasksOf(setOf(asked));
		const left = tasksOf(setOf(record.id)).filter(task => !gone.includes(task));
		const limit = limitOf(setOf(record.id));
		if (left.length > 0) saveRecord({...record, id: `${baseOf(record.id)}_[${setFrom(left)}${limit}]`});
		else {
			// The controller keeps the number of the array, the accounts what had waited.
			const cancelled = {...record, state: 'CANCELLED', start: now, end: now};
			saveRecord({...cancelled, id: baseOf(record.id)});
			saveRecord({...cancelled, file: `${folder}/accounts/${record.order}.json`});
		}
	}
};

/** The next request is to fail; the wish is used up by asking. */
const failureNow = () => {
	try {
		rmSync(`${folder}/fail`);
		return true;
	} catch {
		return false;
	}
};

/** Waits for as long as the controller asks for patience, and tells so where it is asked to tell. */
const patience = async () => {
	if (!existsSync(`${folder}/rate`)) return;
	const {taken = 0, most, waitMs} = readJson(`${folder}/rate`);
	saveRecord({file: `${folder}/rate`, taken: taken + 1, most, waitMs});
	if (taken < most) return;
	if (args.includes('-v')) complain(`${program}: RPC rate limited 1 time(s). Sleeping then trying again.`);
	await new Promise(resolve => setTimeout(resolve, waitMs));
};

const mungeDead = () => {
	complain(`${program}: error: If munged is up, restart with --num-threads=10`);
	const socket = '/run/munge/munge.socket.2';
	complain(`${program}: error: Munge encode failed: Failed to access "${socket}": No such file or directory`);
	return refuse('Protocol authentication error', 1);
};

// What a program that could not do its work leaves behind: text, code, or no end.
const failures = {
	...usualFailures,
	// The programs themselves try for nine seconds to reach it.
	unreachable: () =>
		refuse('Unable to contact slurm controller (connect failure)', program === 'scancel' ? 8 : 1),
	timeout: () => refuse('Socket timed out on send/recv operation', 140),
	'cut-off': () => refuse('Zero Bytes were transmitted or received', 1),
	forbidden: () => refuse('Access/permission denied', 210),
	rejected() {
		complain(`squeue: error: Invalid user: ${userId}`);
		print('\n');
		return 0;
	},
	'rate-limited': () => refuse('Rate limit exceeded, please retry momentarily', 1),
};

const refuse = (text, code) => {
	if (program !== 'scancel') {
		complain(`slurm_load_jobs error: ${text}`);
		return 1;
	}
	for (const id of args.filter(arg => !arg.startsWith('-'))) {
		complain(`scancel: Terminating job ${id}`);
		complain(`scancel: error: Kill job error on job id ${id}: ${text}`);
	}
	return code;
};

/** The name of the cluster stands in `cluster-name`. */
const showConfig = () => {
	if (existsSync(`${folder}/down`)) {
		complain('slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)');
		return 1;
	}
	const named = `${folder}/cluster-name`;
	const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : (cluster ?? 'fake');
	print(`Configuration data as of 2026-01-01T00:00:00\nClusterName             = ${name}\n`);
	return 0;
};

const main = () => {
	if (program === 'scontrol' && args.join(' ').endsWith('show config')) return showConfig();
	appendFileSync(`${root}/requests`, `${JSON.stringify([program, ...args])}\n`);
	if (cluster !== undefined) {
		args.splice(named, 2);
		if (!existsSync(folder)) {
			complain(`'${cluster}' can't be reached now, or it is an invalid entry for --cluster.`);
			return 1;
		}
		if (program === 'squeue') print(`CLUSTER: ${cluster}\n`);
	}
	const failing = existsSync(`${folder}/fail`) ? readFileSync(`${folder}/fail`, 'utf8') : undefined;
	if (existsSync(`${root}/munge-dead`)) return mungeDead();
	if (existsSync(`${folder}/down`)) return failures.unreachable();
	if (failing !== undefined && failureNow()) return failures[failing]();
	return programs[program]();
};

await runWrapped(root, program, main);
