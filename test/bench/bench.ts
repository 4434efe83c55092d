/*
What jobtop costs, beside yardsticks that are measured in the same run.

	npm run bench                         everything
	npm run bench -- keys --jobs 1000     one part, one size
	npm run bench -- frame --rounds 5     more rounds
	npm run bench -- peers                beside turm, htop and watch, where they are installed
	npm run bench -- soak --minutes 60    an hour with faults, keys and cancellations
	npm run bench -- soak --heap          the same, with the heap in use
	npm run bench -- --write              puts the results into docs/performance.md
*/
import {readFileSync, writeFileSync} from 'node:fs';
import {availableParallelism, loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import {withBlock} from '../../scripts/generated-block.ts';
import {cancel} from './bulk-cancel.ts';
import {bytes} from './bytes.ts';
import {executable} from './executable.ts';
import {frame} from './frame.ts';
import {keys} from './keys.ts';
import type {Result, Settings} from './measure.ts';
import {memory} from './memory.ts';
import {peers} from './peers.ts';
import {poll} from './poll.ts';
import {printedPrograms} from './printed-programs.ts';
import {quiet} from './quiet.ts';
import {realSlurm} from './real-slurm.ts';
import {curveOf, peersTableOf, tableOf} from './report.ts';
import {slowLine} from './slow-line.ts';
import {slurm} from './slurm.ts';
import {soak} from './soak.ts';
import {start} from './start.ts';
import {store} from './store.ts';

type Part = (settings: Settings) => AsyncIterable<Result>;

const parts: Readonly<Record<string, Part>> = {
	start,
	executable,
	frame,
	store,
	poll,
	quiet,
	bytes,
	'slow-line': slowLine,
	memory,
	keys,
	slurm,
	programs: printedPrograms,
	cancel,
};
/** Only where it is named. */
const named: Readonly<Record<string, Part>> = {...parts, peers, soak, 'real-slurm': realSlurm};

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {
		jobs: {type: 'string', multiple: true},
		rounds: {type: 'string', default: '3'},
		minutes: {type: 'string', default: '60'},
		heap: {type: 'boolean', default: false},
		write: {type: 'boolean', default: false},
	},
});
const unknown = positionals.find(name => !Object.hasOwn(named, name));
const sizes = values.jobs?.flatMap(text => text.split(',')).map(Number);
const rounds = Number(values.rounds);
const minutes = Number(values.minutes);
if (unknown !== undefined) fail(`there is no part ${unknown}; there are ${Object.keys(named).join(', ')}`);
if (positionals.includes('real-slurm') && process.env.LIVE_SLURM !== 'required') {
	fail('real-slurm fills the queue of a Slurm: run test/live/run.sh --bench, which brings up its own');
}
if (sizes?.some(size => !Number.isInteger(size) || size < 1)) fail('--jobs wants numbers: --jobs 100,1000');
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds wants a number of 1 or more');
if (!(minutes > 0)) fail('--minutes wants a number above 0');

function fail(words: string): never {
	process.stderr.write(`bench: ${words}\n`);
	process.exit(2);
}

const load = () =>
	loadavg()
		.map(value => value.toFixed(1))
		.join(' ');

const print = ({what, value, yardstick, ratio, budget, kept}: Result) => {
	const against = yardstick === undefined ? '' : `  ${ratio?.toFixed(2)} x ${yardstick}`;
	const verdict = budget === undefined ? '' : `  [${kept ? 'within' : 'OVER'} ${budget}]`;
	console.log(`${what.padEnd(40)}${value}${against}${verdict}`);
};

const machine = `Node ${process.versions.node}, ${availableParallelism()} cores, load ${load()} before`;
console.log(machine);
const day = new Date().toISOString().slice(0, 10);
const results: Result[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
	console.log(`\n${name}`);
	for await (const result of named[name]?.({jobs: sizes, rounds, minutes, heap: values.heap}) ?? []) {
		results.push(result);
		print(result);
	}
}
console.log(`\nload ${load()}`);
if (values.write) {
	const path = 'docs/performance.md';
	const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
	const made = `Made by \`${command}\` on ${day}: ${machine}, ${load()} after.`;
	const write = (block: string, table: string) =>
		writeFileSync(path, withBlock(readFileSync(path, 'utf8'), block, table, 'npm run bench'));
	const ownResults = results.filter(({peers}) => peers === undefined);
	if (ownResults.length > 0) write('measured', tableOf(ownResults, made));
	if (ownResults.length < results.length) write('peers', peersTableOf(results, made));
	const curve = curveOf(results);
	if (curve !== undefined) writeFileSync('docs/performance.svg', curve);
}
// The other parts measure, and judge nothing.
process.exit(positionals.includes('soak') && results.some(({kept}) => kept === false) ? 1 : 0);
