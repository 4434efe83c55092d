/*
flux in one file: what its commands do to the records in a folder, and what they print and end with, is what Flux 0.88 does and prints, with its traps: a list is cut at 1,000 jobs without a word in JSON, a job of its own stands without a list around it, answers name jobs in another form than the request did, and `flux cancel` says nothing of what it cancels.

FAKE_FLUX is the folder.
*/
import {complain, print, readRecords, runFake, saveRecord} from './fake-program.mjs';

const root = process.env.FAKE_FLUX;
const userid = Number(process.env.FAKE_FLUX_USER);
const [program, command, ...args] = process.argv.slice(2);

const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const numberOf = text => {
	if (/^\d+$/.test(text)) return BigInt(text);
	const [, f58] = /^[fƒ]([1-9A-HJ-NP-Za-km-z]+)$/.exec(text) ?? [];
	return f58 && [...f58].reduce((number, digit) => number * 58n + BigInt(digits.indexOf(digit)), 0n);
};
const f58Of = number => {
	let text = '';
	for (let rest = number; rest > 0n; rest /= 58n) text = digits[Number(rest % 58n)] + text;
	return `ƒ${text || '1'}`;
};

/** Each job is `{order, hidden, record}`: `hidden` is what no list prints. */
const jobs = () => readRecords(`${root}/jobs`).reverse();
const jobOf = number => jobs().find(({record}) => record.jobid === f58Of(number));

const isEnded = ({record}) => record.state === 'INACTIVE';

const badId = (program, word) => {
	complain(`usage: ${program} [OPTIONS] [JOBID ...]`);
	complain(`flux-${program}: error: argument JOBID: invalid JobID value: '${word}'`);
	return 2;
};

const list = () => {
	const words = [];
	const options = new Map();
	for (let at = 0; at < args.length; at++) {
		if (args[at] === '-c' || args[at] === '-f') options.set(args[at], args[++at]);
		else if (args[at].startsWith('-')) options.set(args[at], '');
		else words.push(args[at]);
	}
	const bad = words.find(word => numberOf(word) === undefined);
	if (bad !== undefined) return badId('jobs', bad);
	if (words.length > 0) return listById(words);
	const count = Number(options.get('-c') ?? 1000) || Number.POSITIVE_INFINITY;
	const wanted = jobs().filter(
		job =>
			isEnded(job) === (options.get('-f') === 'inactive') &&
			(options.has('-A') || job.record.userid === userid),
	);
	print(`${JSON.stringify({jobs: wanted.slice(0, count).map(({record}) => record)})}\n`);
	for (const job of wanted.slice(0, count)) settle(job);
	return 0;
};

const listById = words => {
	const found = [];
	for (const word of words) {
		const job = jobOf(numberOf(word));
		if (job === undefined) complain(`JobID ${word} unknown`);
		else found.push(job);
	}
	if (found.length === 0) return 1;
	const records = found.map(({record}) => record);
	print(`${JSON.stringify(words.length === 1 ? records[0] : {jobs: records})}\n`);
	for (const job of found) settle(job);
	return 0;
};

const cancel = () => {
	const words = args.filter(arg => !arg.startsWith('-'));
	const bad = words.find(word => numberOf(word) === undefined);
	if (bad !== undefined) return badId('cancel', bad);
	if (words.length === 0) {
		complain('flux-cancel: ERROR: No target jobs were provided');
		return 1;
	}
	let errors = 0;
	for (const word of words) {
		const number = numberOf(word);
		const problem = cancelOne(jobOf(number));
		if (problem === undefined) continue;
		complain(`flux-cancel: ERROR: ${f58Of(number)}: ${problem}`);
		errors++;
	}
	return errors > 0 ? 1 : 0;
};

const cancelOne = job => {
	if (job === undefined) return 'unknown job id';
	if (isEnded(job)) return 'job is inactive';
	if (job.record.userid !== userid) return 'guests can only raise exceptions on their own jobs';
	const exception = {
		timestamp: 1_767_225_600.5,
		name: 'exception',
		context: {type: 'cancel', severity: 0, note: '', userid},
	};
	const events = [...(job.hidden.events ?? []), exception];
	const cancelled = {...job, hidden: {...job.hidden, events}};
	if (job.record.state === 'CLEANUP') saveRecord(cancelled);
	else if (job.record.state === 'RUN') {
		// In CLEANUP, the record does not show the exception yet.
		const record = {...job.record, state: 'CLEANUP', status: 'CLEANUP', t_cleanup: 1_767_225_600.5};
		saveRecord({...cancelled, record, hidden: {...cancelled.hidden, ends: job.hidden.stubborn ?? 0}});
	} else end(cancelled, -128);
	return undefined;
};

const end = (job, returncode) => {
	const {ends: _, ...hidden} = job.hidden;
	const exception = {occurred: true, severity: 0, type: 'cancel', note: ''};
	const result = {state: 'INACTIVE', status: 'CANCELED', result: 'CANCELED', success: false, returncode};
	saveRecord({...job, hidden, record: {...job.record, ...result, t_inactive: 1_767_225_601.25, exception}});
};

/** A job in CLEANUP has ended when it was shown so often. */
const settle = job => {
	const {ends} = job.hidden;
	if (ends === undefined) return;
	if (ends > 0) saveRecord({...job, hidden: {...job.hidden, ends: ends - 1}});
	else end(job, 143);
};

const eventlog = () => {
	const at = args.indexOf('-p');
	const path = at < 0 ? 'eventlog' : args[at + 1];
	const word = args.at(-1);
	const job = jobOf(numberOf(word) ?? -1n);
	if (job === undefined) {
		complain(`flux-job: job ${word} not found`);
		return 1;
	}
	if (job.record.userid !== userid) {
		complain('flux-job: flux_job_eventlog_lookup_get: Operation not permitted');
		return 1;
	}
	const events = path === 'guest.output' ? job.hidden.output : (job.hidden.events ?? []);
	if (events === undefined) {
		complain(`flux-job: eventlog path ${path} not found`);
		return 1;
	}
	print(events.map(event => `${JSON.stringify(event)}\n`).join(''));
	return 0;
};

const attributes = {'local-uri': 'local:///run/flux/local', hostlist: 'fluke[1-3,7]'};

const commands = {
	jobs: list,
	cancel,
	job: eventlog,
	getattr() {
		print(`${attributes[args[0]]}\n`);
		return 0;
	},
};

await runFake({
	root,
	program,
	args: [command, ...args],
	run: commands[command],
	isQuestion: command === 'getattr',
	code: 1,
	failures: {
		unreachable: `flux-${command}: ERROR: Unable to connect to Flux: broker socket /run/flux/local was not found`,
		timeout: `flux-${command}: ERROR: [Errno 110] Connection timed out`,
		'cut-off': `flux-${command}: ERROR: [Errno 104] Connection reset by peer`,
		forbidden: `flux-${command}: ERROR: [Errno 1] Operation not permitted`,
		rejected: 'usage: flux jobs [OPTIONS]\nflux-jobs: error: unrecognized arguments: --json',
	},
});
