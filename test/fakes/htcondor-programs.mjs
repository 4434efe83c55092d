/*
condor_q, condor_rm and condor_history in one: what they do to the records in a folder, and what they print and end with, is what HTCondor 23.9 does and prints, with its traps: a bare number is a whole cluster, a word is a user, a number of more than 32 bits is another job, and of four jobs two refused ones are no failure.

FAKE_CONDOR is the folder: `queue/` and `history/` have a file for each record, `requests` a line for each request, `fail` says how the next one fails, or one after some others (`timeout 2`), `down` is there where no schedd answers, `no-history` where none is kept.
*/
import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';
import {complain, print, readRecords, runWrapped, saveRecord, usualFailures} from './fake-program.mjs';

const root = process.env.FAKE_CONDOR;
const user = process.env.FAKE_CONDOR_USER;
const [program, ...args] = process.argv.slice(2);

/** Each record is `{order, hidden, ad}`: `hidden` is what no program prints. */
const recordsIn = name => readRecords(`${root}/${name}`);

/** The options and their values, and what stands beside them. */
const valued = new Set(['-attributes', '-constraint', '-limit', '-scanlimit', '-name', '-pool', '-reason']);
const options = new Map();
const words = [];
for (let at = 0; at < args.length; at++) {
	const arg = args[at];
	if (valued.has(arg)) options.set(arg, args[++at]);
	else if (arg.startsWith('-')) options.set(arg, '');
	else words.push(arg);
}

/** A condition in the language of ClassAds, of the few forms that jobtop writes. */
const conditionOf = text => {
	const code = text.replace(/"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*/g, word =>
		word.startsWith('"') || word === 'false' || word === 'true' ? word : `ad.${word}`,
	);
	const holds = new Function('ad', `return ${code}`);
	return ad => holds(ad) === true;
};

/** What a word asks for, as the real programs read it. */
const conditionOfWord = word => {
	const numbers = /^(\d+)(?:\.(\d+))?$/.exec(word);
	if (numbers === null) return ad => ad.Owner === word;
	// They read 32 bits.
	const cluster = Number(BigInt.asIntN(32, BigInt(numbers[1])));
	const proc = numbers[2] === undefined ? undefined : Number(numbers[2]);
	return ad => ad.ClusterId === cluster && (proc === undefined || ad.ProcId === proc);
};

const selected = records => {
	const asked = words.map(conditionOfWord);
	const condition = options.has('-constraint') ? conditionOf(options.get('-constraint')) : () => true;
	return records.filter(({ad}) => (asked.length === 0 || asked.some(holds => holds(ad))) && condition(ad));
};

const shown = ad => {
	const names = options.get('-attributes')?.split(',');
	const entries = Object.entries(ad).filter(([name]) => names === undefined || names.includes(name));
	return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))), undefined, 2);
};

const programs = {
	condor_q() {
		if (options.has('-totals')) {
			print('\n\n-- Schedd: submit.example.org : <127.0.0.1:9618?... @ 11/29/26 03:25:44\n');
			print('Total for query: 0 jobs; 0 completed, 0 removed, 0 idle, 0 running, 0 held, 0 suspended \n\n');
			return 0;
		}
		const records = selected(recordsIn('queue'));
		// No job matches: nothing at all.
		if (records.length > 0) print(`[\n${records.map(({ad}) => shown(ad)).join('\n,\n')}\n]\n`);
		for (const record of records) settle(record);
		return 0;
	},

	condor_history() {
		if (existsSync(`${root}/no-history`)) {
			complain('Error: No history file is defined');
			return 1;
		}
		const newest = recordsIn('history').reverse();
		const scanned = newest.slice(0, Number(options.get('-scanlimit') ?? newest.length));
		const limit = Number(options.get('-limit') ?? scanned.length);
		const records = selected(scanned).slice(0, limit);
		print(`[\n${records.map(({ad}) => shown(ad)).join('\n,\n')}${records.length > 0 ? '\n' : ''}]\n`);
		return 0;
	},

	condor_rm() {
		if (words.length === 0) {
			complain('You did not specify any jobs\nUsage: condor_rm [options] [constraints]');
			return 1;
		}
		const said = words.flatMap(word => (options.has('-forcex') ? force(word) : remove(word)));
		for (const [isDone, text] of said) if (isDone) print(`${text}\n`);
		for (const [isDone, text] of said) if (!isDone) complain(`\n${text}`);
		return said.some(([isDone]) => isDone) ? 0 : 1;
	},
};

const single = word => /^\d+\.\d+$/.test(word);

const remove = word => {
	const records = recordsIn('queue').filter(({ad}) => conditionOfWord(word)(ad));
	if (records.length === 0) {
		return [
			[
				false,
				single(word)
					? `Job ${word} not found`
					: `Couldn't find/remove all jobs ${/^\d+$/.test(word) ? `in cluster ${word}` : `of user "${word}"`}`,
			],
		];
	}
	const said = records.map(record => {
		const id = `${record.ad.ClusterId}.${record.ad.ProcId}`;
		if (record.ad.Owner !== user) return [false, `Permission denied to remove job ${id}`];
		if (record.ad.JobStatus === 3) return [false, `Job ${id} already marked for removal`];
		end(record);
		return [true, `Job ${id} marked for removal`];
	});
	if (single(word)) return said;
	const isDone = said.every(([isDone]) => isDone);
	return [
		[
			isDone,
			isDone
				? `All jobs in cluster ${word} have been marked for removal`
				: `Couldn't find/remove all jobs in cluster ${word}`,
		],
	];
};

const force = word => {
	const [record] = recordsIn('queue').filter(({ad}) => conditionOfWord(word)(ad));
	if (record === undefined) return [[false, `Job ${word} not found`]];
	if (record.ad.Owner !== user) return [[false, `Permission denied to force removal of job ${word}`]];
	if (record.ad.JobStatus !== 3) return [[false, `Job ${word} not in \`X' state to be forcibly removed`]];
	leave(record, `via condor_rm -forcex (by user ${user})`);
	return [[true, `Job ${word} removed locally (remote state unknown)`]];
};

const end = record => {
	const reason = `via condor_rm (by user ${user})`;
	if (record.ad.JobStatus !== 2) return leave(record, reason);
	const ad = {...record.ad, JobStatus: 3, RemoveReason: reason};
	saveRecord({...record, ad, hidden: {...record.hidden, ends: record.hidden?.stubborn ?? 0}});
};

/** The job leaves the queue, and stands in the history from then on. */
const leave = (record, reason) => {
	const {HoldReason: _, ...ad} = record.ad;
	const {order} = record;
	const removed = {...ad, JobStatus: 3, RemoveReason: reason, ExitBySignal: record.ad.JobStatus !== 1};
	saveRecord({file: `${root}/history/${basename(record.file)}`, order: order + 1_000_000, ad: removed});
	rmSync(record.file);
};

/** A job that is being removed has left when it was shown so often. */
const settle = record => {
	const ends = record.hidden?.ends;
	if (ends === undefined) return;
	if (ends > 0) saveRecord({...record, hidden: {...record.hidden, ends: ends - 1}});
	else leave(record, record.ad.RemoveReason);
};

const address = '<127.0.0.1:9618?addrs=127.0.0.1-9618&alias=submit.example.org> : submit.example.org';
const failures = {
	...usualFailures,
	unreachable() {
		complain("Error: Can't find address for schedd submit.example.org\n");
		complain(
			'Extra Info: You probably saw this error because the condor_schedd is not \nrunning on the machine.',
		);
		return 1;
	},
	timeout: () =>
		refuse(
			`\n-- Failed to fetch ads from: ${address}\nSECMAN:2007:Read failure during security negotiation.`,
		),
	'cut-off': () => refuse(`\n-- Failed to fetch ads from: ${address}`),
	unauthorized: () =>
		refuse(
			`\n-- Failed to fetch ads from: ${address}\nAUTHENTICATE:1003:Failed to authenticate with any method`,
		),
	forbidden: () =>
		refuse(
			`\n-- Failed to fetch ads from: ${address}\nSECMAN:2010:Received "DENIED" from server: permission denied`,
		),
	rejected: () => refuse('Error: Invalid constraint expression'),
};

const refuse = text => {
	complain(text);
	return 1;
};

/** How this request is to fail; one that is meant for a later request comes nearer. */
const failureNow = () => {
	const file = `${root}/fail`;
	if (!existsSync(file)) return undefined;
	const [kind, after = '0'] = readFileSync(file, 'utf8').split(' ');
	if (after === '0') rmSync(file);
	else writeFileSync(file, `${kind} ${after - 1}`);
	return after === '0' ? kind : undefined;
};

const main = () => {
	if (options.has('-totals') && existsSync(`${root}/down`)) return failures.unreachable();
	if (!options.has('-totals')) appendFileSync(`${root}/requests`, `${JSON.stringify([program, ...args])}\n`);
	if (existsSync(`${root}/down`)) return failures.unreachable();
	const failure = options.has('-totals') ? undefined : failureNow();
	if (failure !== undefined) return failures[failure]();
	return programs[program]();
};

await runWrapped(root, program, main);
