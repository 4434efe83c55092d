/*
qstat, qdel, qacct and qconf in one: what they do to the records in a folder, and what they print and end with, is what Grid Engine 8.1.9 does and prints, with its traps: to qdel a word is a pattern of names and `-u` deletes all of a user, `015` is 15, `15.5-1` are the tasks 1 to 5, and numbers are read in 32 bits; qstat ends with 0 where it knows no such job.

FAKE_GRIDENGINE is the folder: `queue/` and `accounts/` have a file for each record, `requests` a line for each request, `fail` says how the next one fails, `down` is there where no qmaster answers.
*/
import {appendFileSync, existsSync, readFileSync, rmSync} from 'node:fs';
import {complain, print, readRecords, runWrapped, saveRecord, usualFailures} from './fake-program.mjs';

const root = process.env.FAKE_GRIDENGINE;
const user = process.env.FAKE_GRIDENGINE_USER;
const [program, ...args] = process.argv.slice(2);

const recordsIn = name => readRecords(`${root}/${name}`);

const optionOf = option => {
	const at = args.indexOf(option);
	return at === -1 ? undefined : args[at + 1];
};

/** Grid Engine 8.1.9 writes `%lt;` for `<`. */
const escaped = text =>
	String(text)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '%lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&apos;');
const iso = seconds => new Date(seconds * 1000).toISOString().slice(0, 19);
const words = seconds => {
	const [, day, date, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(
		new Date(seconds * 1000).toUTCString(),
	);
	return `${day} ${month} ${date} ${clock} ${year}`;
};

const runs = ({state}) => /[rt]/.test(state) && !state.includes('w');

const tasksOf = text =>
	text === undefined
		? undefined
		: text.split(',').flatMap(part => {
				const [range, step = '1'] = part.split(':');
				const [from, to = from] = range.split('-').map(each => Number(BigInt.asUintN(32, BigInt(each))));
				const [first, last] = [Math.min(from, to), Math.max(from, to)];
				const all = [];
				for (let task = first; task <= last; task += Number(step)) all.push(task);
				return all;
			});

const setOf = tasks => {
	if (tasks.length === 1) return String(tasks[0]);
	const step = tasks[1] - tasks[0];
	const isRange = tasks.length > 2 && tasks.every((task, at) => task === tasks[0] + at * step);
	return isRange ? `${tasks[0]}-${tasks.at(-1)}:${step}` : tasks.join(',');
};

const rowText = row =>
	[
		`    <job_list state="${runs(row) ? 'running' : 'pending'}">`,
		...(row.job === undefined ? [] : [`      <JB_job_number>${row.job}</JB_job_number>`]),
		'      <JAT_prio>0.50000</JAT_prio>',
		`      <JB_name>${escaped(row.name)}</JB_name>`,
		`      <JB_owner>${row.owner}</JB_owner>`,
		`      <state>${row.state}</state>`,
		runs(row)
			? `      <JAT_start_time>${iso(row.started ?? 1_767_225_000)}</JAT_start_time>`
			: `      <JB_submission_time>${iso(row.submitted ?? 0)}</JB_submission_time>`,
		`      <queue_name>${runs(row) ? 'all.q@node1' : ''}</queue_name>`,
		'      <slots>1</slots>',
		...(row.tasks === undefined ? [] : [`      <tasks>${row.tasks}</tasks>`]),
		'    </job_list>\n',
	].join('\n');

const programs = {
	qstat() {
		const jobs = optionOf('-j')?.split(',');
		const rows = recordsIn('queue');
		if (jobs !== undefined) return details(jobs, rows);
		const owner = optionOf('-u') ?? user;
		const shown = rows.filter(row => owner === '*' || row.owner === owner);
		const [running, pending] = [shown.filter(runs), shown.filter(row => !runs(row))];
		print('<?xml version=\'1.0\'?>\n<job_info  xmlns:xsd="http://example.org/qstat.xsd">\n  <queue_info>\n');
		print(running.map(rowText).join(''));
		print(`  </queue_info>\n  <job_info>\n${pending.map(rowText).join('')}  </job_info>\n</job_info>\n`);
		for (const row of shown) settle(row);
		return 0;
	},

	qacct() {
		if (args.at(-1) !== '-j' && args.at(-2) !== '-j') {
			complain('usage: qacct [options]');
			return 1;
		}
		const job = args.at(-2) === '-j' ? args.at(-1) : undefined;
		const owner = optionOf('-o');
		const found = recordsIn('accounts').filter(
			({fields, late = 0}) =>
				late <= 0 &&
				(job === undefined || fields.jobnumber === String(Number.parseInt(job, 10))) &&
				(owner === undefined || fields.owner === owner) &&
				(optionOf('-b') === undefined || fields.start_time !== '-/-'),
		);
		for (const record of recordsIn('accounts')) {
			if (record.late > 0) saveRecord({...record, late: record.late - 1});
		}
		if (found.length === 0 && job !== undefined) {
			complain(`error: job id ${job} not found`);
			return 1;
		}
		const bar = '='.repeat(62);
		if (found.length === 0) print(`OWNER       WALLCLOCK\n${bar}\n`);
		for (const {fields} of found) {
			print(`${bar}\n`);
			for (const [name, value] of Object.entries(fields)) print(`${name.padEnd(12)} ${value.padEnd(20)}\n`);
		}
		return 0;
	},

	qdel() {
		if (args.length === 0) {
			complain('usage: qdel [options] job_task_list');
			return 1;
		}
		if (args.includes('-u'))
			return (
				args
					.slice(args.indexOf('-u') + 1)
					.map(deleteOwner)
					.at(-1) ?? 1
			);
		return Math.max(...args.flatMap(arg => arg.split(',')).map(deleteOne));
	},

	qconf() {
		if (args[0] === '-help') print('SGE 8.1.9\nusage: qconf [options]\n');
		else print('master1\n');
		return 0;
	},
};

const details = (jobs, rows) => {
	const known = jobs.filter(job => rows.some(row => String(row.job) === job));
	print("<?xml version='1.0'?>\n");
	if (known.length === 0) {
		print(`<unknown_jobs >\n${jobs.map(job => `    <ST_name>${job}</ST_name>\n`).join('')}</unknown_jobs>\n`);
		return 0;
	}
	print('<detailed_job_info  xmlns:xsd="http://example.org/detailed_job_info.xsd">\n  <djob_info>\n');
	for (const job of known) {
		const own = rows.filter(row => String(row.job) === job);
		const [row] = own;
		print(`    <element>
      <JB_job_number>${job}</JB_job_number>
      <JB_submission_time>${row.submitted}</JB_submission_time>
      <JB_owner>${row.owner}</JB_owner>
      <JB_job_name>${escaped(row.name)}</JB_job_name>
      <JB_mail_list>
        <element>
          <MR_user>${row.owner}</MR_user>
        </element>
      </JB_mail_list>
${row.output === undefined ? '' : `      <JB_stdout_path_list><path_list><PN_path>${escaped(row.output)}</PN_path></path_list></JB_stdout_path_list>\n`}      <JB_env_list><job_sublist><VA_variable>__SGE_PREFIX__O_HOME</VA_variable><VA_value>/home/${row.owner}</VA_value></job_sublist><job_sublist><VA_variable>TOKEN</VA_variable><VA_value>hidden</VA_value></job_sublist></JB_env_list>
      <JB_script_file>run.sh</JB_script_file>
      <JB_ja_tasks>${own.map(taskText).join('')}</JB_ja_tasks>
      <JB_ja_structure>${own.map(structureText).join('')}</JB_ja_structure>
    </element>\n`);
	}
	print('  </djob_info>\n  <messages>\n    <element>\n');
	const said = rows.filter(row => row.why !== undefined && known.includes(String(row.job)));
	for (const row of said) {
		print(`      <SME_message_list><element><MES_job_number_list><ulong_sublist><ULNG>${row.job}</ULNG></ulong_sublist></MES_job_number_list>
        <MES_message_number>33</MES_message_number><MES_message>${escaped(row.why)}</MES_message></element></SME_message_list>\n`);
	}
	print('    </element>\n  </messages>\n</detailed_job_info>\n');
	return 0;
};

const taskText = ({tasks, error}) =>
	`<ulong_sublist><JAT_task_number>${tasks ?? 1}</JAT_task_number>${
		error === undefined
			? ''
			: `<JAT_message_list><ulong_sublist><QIM_message>${escaped(`11/29/2026 06:53:07 [1001:13168]: ${error}`)}</QIM_message></ulong_sublist></JAT_message_list>`
	}</ulong_sublist>`;

const structureText = ({tasks}) => {
	const all = tasksOf(tasks) ?? [1];
	return all
		.map(
			task =>
				`<task_id_range><RN_min>${task}</RN_min><RN_max>${task}</RN_max><RN_step>1</RN_step></task_id_range>`,
		)
		.join('');
};

const deleteOwner = owner => {
	for (const row of recordsIn('queue')) if (row.owner === owner) remove(row);
	print(`${user} has deleted all jobs of ${owner}\n`);
	return 0;
};

/** One word of qdel, read as the real one reads it. */
const deleteOne = arg => {
	const match = /^(\d+)(?:\.(\d+(?:-\d+(?::\d+)?)?))?$/.exec(arg);
	if (match === null) return deletePattern(arg);
	const job = Number(BigInt.asUintN(32, BigInt(match[1])));
	const asked = tasksOf(match[2]);
	const rows = recordsIn('queue').filter(row => row.job === job);
	if (rows.length === 0) {
		print(`denied: job "${job}" does not exist\n`);
		return 1;
	}
	if (rows[0].owner !== user) {
		print(`${user} - you do not have the necessary privileges to delete the job "${job}"\n`);
		return 1;
	}
	return deleteTasks(job, asked, rows);
};

const deleteTasks = (job, asked, rows) => {
	let found = false;
	const waiting = [];
	for (const row of rows) {
		const own = tasksOf(row.tasks) ?? [1];
		const hit = asked === undefined ? own : own.filter(task => asked.includes(task));
		if (hit.length === 0) continue;
		found = true;
		const named = row.tasks === undefined ? `job ${job}` : `job-array task ${job}.${hit[0]}`;
		if (row.state.includes('d')) print(`job ${job} is already in deletion\n`);
		else if (runs(row)) {
			print(`${user} has registered the ${named} for deletion\n`);
			saveRecord({...row, state: `d${row.state}`, ends: true});
		} else {
			waiting.push(...(row.tasks === undefined ? [] : hit));
			const rest = own.filter(task => !hit.includes(task));
			if (rest.length > 0) saveRecord({...row, tasks: setOf(rest)});
			else rmSync(row.file);
			if (row.tasks === undefined || asked === undefined) print(`${user} has deleted job ${job}\n`);
		}
	}
	if (!found) {
		print(
			asked.length === 1
				? `job "${job}" task "${asked[0]}" does not exist\n`
				: `job "${job}" task id range "${asked[0]}-${asked.at(-1)}:${asked[1] - asked[0]}" comprises no tasks\n`,
		);
		return 1;
	}
	if (asked !== undefined && waiting.length === 1)
		print(`${user} has deleted job-array task ${job}.${waiting[0]}\n`);
	if (asked !== undefined && waiting.length > 1)
		print(`${user} has deleted job-array tasks ${setOf(waiting)} of job ${job}\n`);
	return 0;
};

/** A word is a pattern of names. */
const deletePattern = pattern => {
	const name = new RegExp(
		`^${pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
	);
	const rows = recordsIn('queue').filter(row => row.owner === user && name.test(row.name));
	if (rows.length === 0) {
		print(`The job ${pattern} of user(s) ${user} does not exist\n`);
		return 1;
	}
	for (const row of rows) remove(row);
	for (const {job} of rows) print(`${user} has deleted job ${job}\n`);
	return 0;
};

const remove = row => rmSync(row.file);

/** A job that is being deleted has left when it was shown so often, and the accounts know of it some time later. */
const settle = row => {
	if (!row.ends) return;
	const {stubborn = 0, late = 0, exit = 137} = row;
	if (stubborn > 0) return saveRecord({...row, stubborn: stubborn - 1});
	rmSync(row.file);
	const fields = {
		...{qname: 'all.q', hostname: 'node1', owner: row.owner, jobname: row.name, jobnumber: String(row.job)},
		taskid: row.tasks ?? 'undefined',
		...{
			qsub_time: words(row.submitted),
			start_time: words(row.started ?? 1_767_225_000),
			end_time: words(1_767_225_600),
		},
		failed: exit > 128 ? '100 : assumedly after job' : '0',
		exit_status: `${exit}${exit === 137 ? '                  (Killed)' : ''}`,
	};
	saveRecord({file: `${root}/accounts/${row.order}.json`, order: row.order, late, fields});
};

const refuse = text => {
	complain(text);
	return 1;
};
const failures = {
	...usualFailures,
	unreachable() {
		if (args.includes('-xml') && args.includes('-j')) {
			print(
				"<?xml version='1.0'?>\n<comunication_error >\n    <AN_status>11</AN_status>\n    <AN_text>unable to send message to qmaster using port 6444 on host &quot;master1&quot;: got send error</AN_text>\n    <AN_quality>0</AN_quality>\n</comunication_error>\n",
			);
			return 0;
		}
		return refuse(
			'error: commlib error: got select error (Connection refused)\nerror: unable to send message to qmaster using port 6444 on host "master1": got send error',
		);
	},
	timeout: () =>
		refuse(
			'error: failed receiving gdi request response for mid=1 (got syncron message receive timeout error).',
		),
	'cut-off': () => refuse('error: commlib error: got general communication error'),
	unauthorized: () => refuse('error: authentication of user alice failed'),
	forbidden: () => refuse('denied: host "login1" is neither submit nor admin host'),
	rejected: () => refuse('error: ERROR! wrong state "a" for option -s'),
};

const main = () => {
	if (program !== 'qconf') appendFileSync(`${root}/requests`, `${JSON.stringify([program, ...args])}\n`);
	if (existsSync(`${root}/down`) && program !== 'qacct') return failures.unreachable();
	if (existsSync(`${root}/fail`) && program !== 'qconf') {
		const failing = readFileSync(`${root}/fail`, 'utf8');
		rmSync(`${root}/fail`);
		return failures[failing]();
	}
	return programs[program]();
};

await runWrapped(root, program, main);
