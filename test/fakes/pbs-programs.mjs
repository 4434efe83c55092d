/*
qstat, qdel and qselect in one: what they do to the jobs in a folder, and what they print and end with, is what OpenPBS 23.06 does and prints, with its traps: a server that dies when qdel gets a live job and then an unknown one, times without a zone, tasks that borrow the record of their array, and an answer that says nothing.

FAKE_PBS is the folder: `jobs/` has a file for each job or array, `requests` a line for each request, `deleting` a line for each begin and end of a deletion, `fail` says how the next request fails, `down` is there where no server answers, `no-history` where none is kept, `hidden` and `forbidden` are the ids of jobs of which qstat says nothing, or that it does not show, `fault` says what is wrong with its JSON, `hold` makes qdel wait until it is gone.
*/
import {appendFileSync, existsSync, readFileSync, rmSync, watch, writeFileSync} from 'node:fs';
import {
	complain,
	print,
	readJson,
	readRecords,
	runWrapped,
	saveRecord,
	usualFailures,
} from './fake-program.mjs';

const root = process.env.FAKE_PBS;
const user = process.env.FAKE_PBS_USER;
const server = 'fakepbs';
const [program, ...args] = process.argv.slice(2);

const has = name => existsSync(`${root}/${name}`);
const isIn = (name, id) => has(name) && readFileSync(`${root}/${name}`, 'utf8') === id;

/** Each job is `{order, hidden, id, job, tasks}`; its times are epoch seconds. `hidden` is what no program prints. */
const allJobs = () => readRecords(`${root}/jobs`);

/** One of them; undefined where there is none. */
const jobOf = id => {
	const file = `${root}/jobs/${id}.json`;
	return existsSync(file) ? {file, ...readJson(file)} : undefined;
};

const valued = new Set(['-F', '-u', '-s', '-W', '-D']);
const options = new Map();
const ids = [];
for (let at = 0; at < args.length; at++) {
	const arg = args[at];
	if (valued.has(arg)) options.set(arg, args[++at]);
	else if (arg.startsWith('-')) options.set(arg, '');
	else ids.push(arg);
}

/** The id with the server's name, which the programs add by themselves; undefined if it is none. */
const wholeId = word => {
	const [, job, named = server] = /^(\d+(?:\[(?:\d+(?:-\d+)?)?\])?)(?:\.([\w.-]+))?$/.exec(word) ?? [];
	return job === undefined ? undefined : `${job}.${named}`;
};

const taskIn = id => /^(\d+)\[(\d+)\]\.(.+)$/.exec(id);
const hasEnded = ({job}) => job.job_state === 'F' || job.job_state === 'M';
const now = () => Math.floor(Date.now() / 1000);

const stateWords = {Q: 'Queued', R: 'Running', E: 'Exiting', X: 'Expired'};

/** The attributes of an array, with the counts of its tasks. */
const withCounts = ({job, tasks}) => {
	if (tasks === undefined || job.array_state_count !== undefined) return job;
	const states = Object.values(tasks).map(({job_state}) => job_state);
	const counts = Object.entries(stateWords).map(
		([letter, word]) => `${word}:${states.filter(state => state === letter).length}`,
	);
	return {...job, array_state_count: counts.join(' ')};
};

/** A task has a record of its own while it runs, and borrows that of its array before and afterwards. */
const taskRecord = ({id, job, tasks}, index) => {
	const task = tasks[index];
	const {array: _, array_indices_submitted: __, array_state_count: ___, ...borrowed} = job;
	if (task.job_state === 'R' || task.job_state === 'E') {
		return {...borrowed, array_id: id, array_index: Number(index), ...task};
	}
	const words = {91: 'Subjob terminated', 92: 'Subjob finished', 93: 'Subjob failed'};
	const comment = task.job_state === 'X' ? words[task.substate] : job.comment;
	return {...borrowed, job_state: task.job_state, ...(comment && {comment})};
};

const timed = new Set(['ctime', 'mtime', 'qtime', 'stime', 'obittime', 'etime']);
const zoneless = seconds => {
	const [day, month, date, year, clock] = new Date(seconds * 1000).toString().split(' ');
	return `${day} ${month} ${date.replace(/^0/, ' ')} ${clock} ${year}`;
};
const shown = job =>
	Object.fromEntries(
		Object.entries(job).map(([name, value]) => [
			name,
			timed.has(name) && typeof value === 'number' ? zoneless(value) : value,
		]),
	);

const toText = (id, job) => {
	const lines = Object.entries(job).flatMap(([name, value]) =>
		typeof value === 'object' && name !== 'Variable_List'
			? Object.entries(value).map(([resource, each]) => `${name}.${resource} = ${each}`)
			: [`${name} = ${typeof value === 'object' ? variables(value) : value}`],
	);
	return `Job Id: ${id}\n${lines.map(line => `    ${folded(line)}\n`).join('')}\n`;
};
const variables = list =>
	Object.entries(list)
		.map(([name, value]) => `${name}=${value}`)
		.join(',');
/** A long value goes on in the next line, behind a tab. */
const folded = line => line.replace(/.{70}(?=.)/g, '$&\n\t');

const toJson = records => {
	const head = {timestamp: now(), pbs_version: '23.06.06', pbs_server: server};
	const fault = has('fault') ? readFileSync(`${root}/fault`, 'utf8') : '';
	const some = fault === 'first' ? records.slice(0, 1) : records;
	const jobs = Object.fromEntries(some.map(({id, job}) => [id, shown(job)]));
	const text = JSON.stringify(some.length === 0 ? head : {...head, Jobs: jobs}, undefined, '\t');
	const bare = fault === 'bare' ? text.replace(/: "(\d+)"/g, ': $1').replaceAll('\\"', '"') : text;
	return `${fault === 'lines' ? bare.replaceAll('\\n', '\n') : bare}\n`;
};

const programs = {
	qstat() {
		if (options.has('-B')) {
			print(`Server: ${server}\n    server_state = Active\n    default_queue = workq\n`);
			print(
				`    job_history_enable = ${has('no-history') ? 'False' : 'True'}\n    pbs_version = 23.06.06\n\n`,
			);
			return 0;
		}
		const records = [];
		let code = 0;
		const all = allJobs();
		const add = each => {
			records.push({id: each.id, job: withCounts(each)});
			if (!options.has('-t') || each.tasks === undefined) return;
			for (const index of Object.keys(each.tasks)) {
				records.push({id: each.id.replace('[]', `[${index}]`), job: taskRecord(each, index)});
			}
		};
		if (options.has('-x') && has('no-history')) {
			complain('qstat: job_history_enable is set to false');
			if (options.has('-F')) print(toJson([]));
			return 0;
		}
		if (ids.length === 0) {
			for (const each of all) if (options.has('-x') || !hasEnded(each)) add(each);
		}
		for (const word of ids) {
			const id = wholeId(word);
			if (id === undefined) {
				complain(`qstat: illegally formed job identifier: ${word}`);
				code = 1;
				continue;
			}
			if (isIn('hidden', id)) continue;
			if (isIn('forbidden', id)) {
				complain(`qstat: Unauthorized Request  ${id}`);
				code = 159;
				continue;
			}
			const [, number, index, named] = taskIn(id) ?? [];
			const each = all.find(one => one.id === (index === undefined ? id : `${number}[].${named}`));
			if (each === undefined || (index !== undefined && each.tasks?.[index] === undefined)) {
				complain(`qstat: Unknown Job Id ${id}`);
				code = 153;
			} else if (hasEnded(each) && !options.has('-x')) {
				complain(`qstat: ${id} Job has finished, use -x or -H to obtain historical job information`);
				code = 35;
			} else if (index !== undefined) records.push({id, job: taskRecord(each, index)});
			else add(each);
		}
		print(options.has('-F') ? toJson(records) : records.map(({id, job}) => toText(id, shown(job))).join(''));
		for (const each of all) settle(each);
		return code;
	},

	qselect() {
		if (options.has('-x') && has('no-history')) {
			complain('qselect: job_history_enable is set to false');
			return 36;
		}
		const chosen = allJobs().filter(
			each =>
				(options.has('-s') ? options.get('-s').includes(each.job.job_state) : !hasEnded(each)) &&
				(!options.has('-u') || each.job.Job_Owner?.replace(/@.*/, '') === options.get('-u')),
		);
		for (const {id} of chosen) print(`${id}\n`);
		return 0;
	},

	async qdel() {
		if (ids.length === 0) {
			complain('usage:\n\tqdel [-W force|suppress_email=X] [-x] job_identifier...\n\tqdel --version');
			return 2;
		}
		let first = 0;
		let deleted = false;
		appendFileSync(`${root}/deleting`, `begin ${ids.join(' ')}\n`);
		await released();
		try {
			for (const word of ids) {
				const id = wholeId(word);
				const [code, said] =
					id === undefined ? [1, `illegally formed job identifier: ${word}`] : deleteOne(id);
				// A live job and then an unknown one: the server dies, and qdel notices nothing.
				if (code === 153 && deleted) {
					writeFileSync(`${root}/down`, '');
					return 0;
				}
				if (code === 0) deleted = true;
				// Of several wrong ones only the first is named.
				else if (first === 0) {
					complain(`qdel: ${said}`);
					first = code;
				}
			}
			return first;
		} finally {
			appendFileSync(`${root}/deleting`, `end ${ids.join(' ')}\n`);
		}
	},
};

const released = async () => {
	if (!has('hold')) return;
	const watching = watch(root);
	await new Promise(resolve => {
		const look = () => has('hold') || resolve();
		watching.on('change', look);
		look();
	});
	watching.close();
};

const deleteOne = id => {
	const [, number, index, named] = taskIn(id) ?? [];
	const record = jobOf(index === undefined ? id : `${number}[].${named}`);
	const task = index === undefined ? undefined : record?.tasks?.[index];
	if (record === undefined || (index !== undefined && task === undefined)) {
		return [153, `Unknown Job Id ${id}`];
	}
	if (task?.job_state === 'X') return [55, `Request invalid for finished array subjob ${id}`];
	if (hasEnded(record)) {
		if (!options.has('-x')) return [35, `Job has finished ${id}`];
		rmSync(record.file);
		return [0, ''];
	}
	if (record.job.Job_Owner.replace(/@.*/, '') !== user) return [159, `Unauthorized Request  ${id}`];
	if (index !== undefined) saveRecord({...record, tasks: {...record.tasks, [index]: kill(task)}});
	else if (record.tasks !== undefined) {
		const tasks = Object.fromEntries(Object.entries(record.tasks).map(([each, one]) => [each, kill(one)]));
		saveRecord({...record, tasks, hidden: {...record.hidden, deleted: true}});
	} else if (record.job.job_state === 'R' && !options.has('-W')) {
		const ends = record.hidden?.ends ?? record.hidden?.stubborn ?? 0;
		const comment =
			record.hidden?.ends === undefined ? `${record.job.comment} and terminated` : record.job.comment;
		saveRecord({...record, job: {...record.job, comment}, hidden: {...record.hidden, ends}});
	} else finish(record, record.job.job_state === 'R' ? forced(record) : {substate: 91});
	const left = jobOf(record.id);
	if (left?.tasks) settleArray(left);
	return [0, ''];
};

const kill = task => (task.job_state === 'X' ? task : {...task, job_state: 'X', substate: 91});

const killed = ({job, hidden}) =>
	hidden?.forgotten
		? {substate: 93, Exit_status: 271, comment: undefined, obittime: now()}
		: {
				substate: 91,
				Exit_status: 271,
				comment: `${job.comment.replace(/ and terminated$/, '')} and terminated by ${user}@${server}`,
				obittime: now(),
			};

/** The server forgets the process: its node has reported no end. */
const forced = record => ({...killed(record), Exit_status: undefined, obittime: undefined});

/** The job has ended: the history keeps it, if there is one. */
const finish = (record, marks) => {
	if (has('no-history')) return rmSync(record.file);
	const job = {...record.job, job_state: 'F', ...marks, history_timestamp: now()};
	saveRecord({...record, job, hidden: {}});
};

/** A job that is being deleted has ended when it was shown so often. */
const settle = record => {
	if (record.job.job_state === 'F' || record.hidden?.ends === undefined) return;
	const {ends} = record.hidden;
	if (ends > 0) saveRecord({...record, hidden: {...record.hidden, ends: ends - 1}});
	else finish(record, killed(record));
};

const settleArray = record => {
	const all = Object.values(record.tasks);
	if (all.every(({job_state}) => job_state === 'X'))
		finish(record, {substate: record.hidden?.deleted ? 91 : 93});
};

const down = () => {
	complain('Connection refused');
	if (program === 'qdel') {
		complain(`Couldn't connect to cluster: ${server}`);
		return 162;
	}
	complain(`${program}: cannot connect to server ${server} (errno=15010)`);
	return 255;
};

const refuse = (text, code) => () => {
	complain(`${program}: ${text}`);
	return code;
};

const failures = {
	...usualFailures,
	unreachable: down,
	'cut-off': refuse('Batch protocol error', 183),
	unauthorized: refuse('Invalid credential', 171),
	forbidden: refuse('Access from host not allowed, or unknown host', 160),
	rejected: refuse('illegally formed job identifier: x', 1),
	'rate-limited': refuse('No free connections', 185),
};

const main = () => {
	if (options.has('--version')) {
		print('pbs_version = 23.06.06\n');
		return 0;
	}
	if (!options.has('-B')) appendFileSync(`${root}/requests`, `${JSON.stringify([program, ...args])}\n`);
	if (has('down')) return down();
	if (has('fail') && !options.has('-B')) {
		const failing = readFileSync(`${root}/fail`, 'utf8');
		rmSync(`${root}/fail`);
		return failures[failing]();
	}
	return programs[program]();
};

await runWrapped(root, program, main);
