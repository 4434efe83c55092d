/*
bjobs, bkill, bhist, bpeek and lsid in one: what they do to the records in a folder, and what they print and end with, is what the documents of LSF 10.1 and its users say, with its traps: bkill without an id kills the job that was submitted last, `bkill 0` all, numbers wrap at 32 bits, times are texts in the zone of the caller, and the exit code of bjobs says little.

FAKE_LSF is the folder: `quiet` is there where bjobs ends with 255 without jobs.
*/
import {existsSync, readFileSync} from 'node:fs';
import {complain, print, readRecords, runFake, saveRecord} from './fake-program.mjs';

const root = process.env.FAKE_LSF;
const user = process.env.FAKE_LSF_USER;
const [program, ...args] = process.argv.slice(2);

/** Each job is `{order, hidden, fields}`: `hidden` is what bjobs does not print. */
const jobs = () => readRecords(`${root}/jobs`);

const idOf = ({fields: {jobid, jobindex}}) => (jobindex === '0' ? jobid : `${jobid}[${jobindex}]`);
const isEnded = ({fields: {stat}}) => stat === 'DONE' || stat === 'EXIT';

/** The jobs that an argument names, as the real programs read it: a number of 32 bits. */
const named = word => {
	const [, number, index] = /^(\d+)(?:\[(\d+)\])?$/.exec(word) ?? [];
	if (number === undefined) return undefined;
	const id = BigInt.asIntN(32, BigInt(number)).toString();
	return jobs().filter(
		({fields}) => (id === '0' || fields.jobid === id) && (index === undefined || fields.jobindex === index),
	);
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = number => String(number).padStart(2, '0');
/** A time in the zone that TZ says, of which this program knows one. */
const timeOf = seconds => {
	const east = process.env.TZ === 'UTC0' ? 0 : 7 * 3600;
	const at = new Date((seconds + east) * 1000);
	const date = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`;
	const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
	return process.env.LSB_DISPLAY_YEAR === 'Y'
		? `${date} ${clock}:${two(at.getUTCSeconds())} ${at.getUTCFullYear()}`
		: `${date} ${clock}`;
};

const shown = (job, names) => {
	const lines = names.map(name => {
		const value = job.fields[name] ?? '';
		const text = typeof value === 'number' ? timeOf(value) : value;
		// Of a job that runs, the time of its end is an estimate.
		const estimate = name === 'finish_time' && text !== '' && !isEnded(job) ? ' L' : '';
		return `      "${name.toUpperCase()}":${JSON.stringify(`${text}${estimate}`).replaceAll('/', '\\/')}`;
	});
	return `    {\n${lines.join(',\n')}\n    }`;
};

const missing = word => `    {\n      "JOBID":"${word}",\n      "ERROR":"Job <${word}> is not found"\n    }`;

const bjobs = () => {
	const names = args[args.indexOf('-o') + 1].split(' ');
	const everyone = args.includes('-u');
	const words = args.slice(args.indexOf('-o') + 2).filter(arg => /^\d/.test(arg));
	const visible = job => (args.includes('-a') || !isEnded(job)) && (everyone || job.fields.user === user);
	const wanted =
		words.length === 0
			? [{word: undefined, found: jobs().filter(visible)}]
			: words.map(word => ({word, found: named(word).filter(visible)}));
	const all = wanted.flatMap(({word, found}) => (found.length === 0 && word !== undefined ? [word] : found));
	if (all.length === 0 || all.every(each => typeof each === 'string')) {
		if (words.length > 0) for (const word of words) complain(`Job <${word}> is not found`);
		else complain('No unfinished job found');
		return existsSync(`${root}/quiet`) || words.length > 0 ? 255 : 0;
	}
	const records = all.map(each => (typeof each === 'string' ? missing(each) : shown(each, names)));
	print(
		`{\n  "COMMAND":"bjobs",\n  "JOBS":${records.length},\n  "RECORDS":[\n${records.join(',\n')}\n  ]\n}\n`,
	);
	for (const each of all) if (typeof each !== 'string') settle(each);
	return existsSync(`${root}/quiet`) && all.some(each => typeof each === 'string') ? 255 : 0;
};

const bkill = () => {
	const words = args.filter(arg => !arg.startsWith('-'));
	const last = jobs().at(-1);
	// No id means the last job.
	const asked = words.length === 0 ? [idOf(last)] : words;
	let failed = false;
	for (const word of asked) {
		const found = named(word);
		if (found === undefined) {
			complain(`${word}: Illegal job ID.`);
			failed = true;
			continue;
		}
		const problem = killAll(found);
		if (problem === undefined) print(`Job <${word}> is being terminated\n`);
		else complain(`Job <${word}>: ${problem}`);
		failed ||= problem !== undefined;
	}
	return failed ? 255 : 0;
};

const killAll = found => {
	if (found.length === 0) return 'No matching job found';
	const live = found.filter(job => !isEnded(job));
	if (live.length === 0) return 'Job has already finished';
	const own = live.filter(({fields}) => fields.user === user);
	if (own.length === 0) return 'User permission denied';
	for (const job of own) {
		const isForced = args.includes('-r');
		if (job.fields.stat === 'RUN' && !isForced && job.hidden.stubborn !== undefined) {
			// While it is dying, it is shown as running.
			saveRecord({...job, hidden: {...job.hidden, ends: job.hidden.stubborn - 1}});
		} else end(job, isForced ? 'TERM_FORCE_OWNER: job killed by owner without time for cleanup' : undefined);
	}
	return undefined;
};

const end = (job, reason = job.hidden.reason ?? 'TERM_OWNER: job killed by owner') => {
	const {ends: _, ...hidden} = job.hidden;
	const fields = {
		...job.fields,
		stat: 'EXIT',
		exit_code: '130',
		exit_reason: reason,
		finish_time: 1_767_225_601,
	};
	saveRecord({...job, hidden: {...hidden, killed: true}, fields});
};

/** A job that is dying has ended when it was shown so often. */
const settle = job => {
	const {ends} = job.hidden;
	if (ends === undefined) return;
	if (ends > 0) saveRecord({...job, hidden: {...job.hidden, ends: ends - 1}});
	else end(job);
};

const bhist = () => {
	const words = args.filter(arg => /^\d/.test(arg));
	const found = words.flatMap(word => [...(named(word) ?? []), ...forgotten(word)]);
	if (found.length === 0) {
		complain('No matching job found');
		return 255;
	}
	for (const job of found) {
		const {fields, hidden} = job;
		const line = (at, text) => print(`Thu ${timeOf(at)}: ${text};\n`);
		print(
			`\nJob <${idOf(job)}>, Job Name <${fields.job_name}>, User <${fields.user}>, Project <default>, Command <x>\n`,
		);
		line(fields.submit_time, 'Submitted from host <login1>, to Queue <normal>, CWD <$HOME>');
		if (fields.start_time) line(fields.start_time, 'Starting (Pid 123)');
		if (hidden.killed) {
			line(fields.finish_time - 1, `Signal <KILL> requested by user or administrator <${hidden.by ?? user}>`);
			line(fields.finish_time, 'Exited by signal 2. The CPU time used is 0.1 seconds');
			line(fields.finish_time, `Completed <exit>; ${fields.exit_reason}`);
		} else if (fields.stat === 'EXIT') {
			line(fields.finish_time, `Exited with exit code ${fields.exit_code}. The CPU time used is 0.1 seconds`);
			line(fields.finish_time, `Completed <exit>; ${fields.exit_reason ?? ''}`);
		} else if (fields.stat === 'DONE')
			line(fields.finish_time, 'Done successfully. The CPU time used is 0.1 seconds');
		print('------------------------------------------------------------------------------\n');
	}
	return 0;
};

/** Jobs that bjobs has forgotten. */
const forgotten = word =>
	existsSync(`${root}/forgotten.json`)
		? JSON.parse(readFileSync(`${root}/forgotten.json`, 'utf8')).filter(job => idOf(job) === word)
		: [];

const bpeek = () => {
	const [job] = named(args.at(-1)) ?? [];
	if (job === undefined || isEnded(job)) {
		complain(`Job <${args.at(-1)}> : No matching job found`);
		return 255;
	}
	if (!job.fields.start_time) {
		complain(`Job <${args.at(-1)}> : Not yet started.`);
		return 255;
	}
	print(`<< output from stdout >>\n${job.hidden.output ?? ''}`);
	return 0;
};

const programs = {
	bjobs,
	bkill,
	bhist,
	bpeek,
	lsid() {
		print(
			'IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\n\nMy cluster name is east\nMy master name is m1\n',
		);
		return 0;
	},
};

await runFake({
	root,
	program,
	args,
	run: programs[program],
	isQuestion: program === 'lsid',
	code: 255,
	failures: {
		unreachable: 'Cannot connect to LSF. Please wait ...\nCannot connect to LSF. Please wait ...',
		timeout: 'batch system daemon not responding ... still trying',
		'cut-off': 'Communication error: connection reset by peer',
		unauthorized: 'User authentication failed',
		forbidden: 'User permission denied',
		rejected: 'bjobs: unknown field <exit_reason>',
	},
});
