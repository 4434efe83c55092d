/*
The whole surface of the command line: a run of the built program for every command, every option and every exit code. A command or an option that no run names fails the test.
*/
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Command} from 'commander';
import {exitCodes} from '../../source/command-line/output/exit-codes.ts';
import {createProgram} from '../../source/command-line/program.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {type CliResult, runCli, startCli} from '../helpers/run-cli.ts';

const program = createProgram(
	() => Promise.resolve(0),
	() => undefined,
);

type Run = {
	/** LIVE, ENDED and DONE are jobs of their own, REFS, CONFIG and LOG files. */
	readonly words: string;
	readonly code?: number;
	readonly says: RegExp;
	/** Also what it complains of. */
	readonly complains?: RegExp;
};

/** In their order: the batches that the first ones make are what the later ones are about. */
const runs: readonly Run[] = [
	{words: '--version', says: /^\d+\.\d+\.\d+\n$/},
	{words: '--help', says: /Usage: jobtop \[options\] \[command\]/},
	{words: 'list', says: /^STATE +JOB/},
	{words: '--profile weaver --color always list --all --everyone --limit 5 -o wide', says: /\u001b\[/},
	{words: '--config CONFIG --ascii --plain --no-input list', says: /other\//},
	{words: 'show DONE --results -o json', says: /"results"/},
	{words: 'logs LIVE --tail 2', says: /\n$/},
	{words: 'dismiss ENDED -o json', says: /"outcome":"dismissed"/},
	{words: 'restore ENDED -o json', says: /"outcome":"not-dismissed"|"outcome":"restored"/},
	{words: 'delete ENDED -y --protected weaver -o json', says: /"deleted":1/},
	{words: 'backends -o md', says: /^\|/},
	{words: 'keys -o json', says: /"commands"/},
	{
		words:
			'cancel LIVE -y --mine --protected weaver --reason mesh --max 3 --concurrency 2 --rate 50 --wait terminal --timeout 1m -o json',
		says: /"cancelled":1/,
	},
	{words: 'cancel --query name~nothing', code: 7, says: /^$/, complains: /no active job matches/},
	{words: 'cancel --from REFS --dry-run', says: /nothing was sent/, complains: /would send/},
	{words: 'cancel LIVE --force -y', code: 5, says: /does not support --force/},
	...['suspend', 'unsuspend'].flatMap((verb): readonly Run[] => [
		{
			words: `${verb} LIVE -y --mine --protected weaver --reason mesh --max 3 --concurrency 2 --rate 50 --wait terminal --timeout 1m -o json`,
			code: 5,
			says: new RegExp(`has no way to ${verb} a job \\(Weaver\\)`),
		},
		{words: `${verb} --query name~nothing`, code: 7, says: /^$/, complains: /no active job matches/},
		{words: `${verb} --from REFS --dry-run`, code: 5, says: /nothing was sent/},
		{words: `demo --seed a ${verb} weaver/none -y`, code: 7, says: /none/},
	]),
	{words: '--read-only cancel LIVE -y', code: 5, says: /read-only/},
	{words: 'wait ENDED --for terminal --timeout 1s -o jsonl', says: /"outcome":"reached"/},
	{words: '--log-file LOG --verbose list', says: /JOB/, complains: /weaver listPage /},
	{words: 'help', says: /\nJobs:\n(?: .*\n)*? +cancel /},
	{words: 'help cancel', says: /Usage: jobtop cancel/},
	{words: 'help batches retry', says: /Usage: jobtop batches retry/},
	{words: 'help cancl', code: 2, says: /^$/, complains: /did you mean "cancel"\?/},
	{words: 'demo help list', says: /Usage: jobtop demo list/},
	{words: 'version', says: /^\d+\.\d+\.\d+\n$/},
	{words: '-V', says: /^\d+\.\d+\.\d+\n$/},
	{words: 'batches', says: /^BATCH/},
	{words: 'batches -o json', says: /"batches"/},
	{words: 'profiles -o json', says: /"profile":"weaver"/},
	{words: 'batches list -o jsonl', says: /"batch":1/},
	{words: 'batches show 1 -o json', says: /"results"/},
	{words: 'batches export 1 -o jsonl', says: /"step":"sending"/},
	{
		words:
			'batches resume 1 --yes --without gone --take-over --concurrency 2 --rate 50 --wait none --timeout 1s -o jsonl',
		says: /"outcome":"cancelled"/,
		complains: /there is nothing to resume/,
	},
	{
		words:
			'batches retry 1 --reason again --force --dry-run -y --protected weaver --concurrency 2 --rate 50 --wait accepted --timeout 1s -o text',
		says: /^$/,
		complains: /needs a retry/,
	},
	{words: 'batches prune --older-than 1d --dry-run', says: /^$/, complains: /would be removed/},
	{words: 'profiles', says: /^PROFILE/},
	{words: 'profiles list -o json', says: /"profile":"weaver"/},
	{words: 'profiles test weaver -o json', says: /"ok":true/},
	{
		words: 'profiles test weaver --contract',
		says: / kept +a look at a job agrees with its list: \d+ jobs: .*\n(?:.*\n)* {2}Weaver: \d+ promises kept, 0 broken, \d+ not tried\n/,
		complains: /^Nothing was changed\. Please report this.* jobtop \d/,
	},
	{words: 'doctor -o json', says: /"check":"disk"/},
	{words: 'config', says: /Usage: jobtop config/},
	{words: 'config path', says: /config\.toml\n$/},
	{words: '--interval 9s config show -o json', says: /"9s"/},
	{words: 'config check', says: /is not needed; profiles: weaver/},
	{words: 'config schema', says: /"\$schema"/},
	{words: 'completion bash', says: /complete -F _jobtop jobtop/},
	{words: '__complete -- lis', says: /^list\t/},
	{words: 'demo --seed a --jobs 3 --speed 2 --fault tapis=broken list -o ref', code: 5, says: /weaver\//},
	{words: 'demo --systems kubernetes --seed a --jobs 9 list', says: /\nRUNNING +kubernetes\//},
	{words: 'demo --serve --save CONFIG', code: 2, says: /^$/, complains: /another file is there/},
	{words: 'demo --tour', code: 2, says: /^$/, complains: /--tour needs the screen of a terminal/},
	{words: 'demo --seed a show none', code: 7, says: /^$/},
	{words: 'demo --seed a logs none', code: 7, says: /^$/},
	{words: 'demo --seed a dismiss weaver/none', code: 7, says: /is unknown there/},
	{words: 'demo --seed a restore weaver/none', says: /not dismissed/},
	{words: 'demo --seed a delete weaver/none -y', code: 7, says: /none/},
	{words: 'demo backends', says: /Weaver/},
	{words: 'demo keys', says: /quit/},
	{words: 'demo --seed a cancel weaver/none -y', code: 7, says: /none/},
	{words: 'demo --seed a wait weaver/none', code: 7, says: /is unknown there/},
	{words: 'demo --seed a profiles', says: /^PROFILE/},
	{words: 'demo --seed a profiles list', says: /tensorpool/},
	{words: 'demo --seed a profiles test', says: /dex \(dex\)/},
	{words: 'demo --seed a doctor', says: /profile weaver/},
];

/** Runs that do not end by themselves, and have a test of their own below. */
const endless = ['list --watch', 'logs LIVE --follow', 'demo --serve --port 0'];

// ---- what is named ---------------------------------------------------------------------------------

const pathOf = (command: Command): string =>
	command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
const commandsIn = (command: Command): readonly Command[] => [
	command,
	...command.commands.flatMap(commandsIn),
];

/** The command that a line names, and every option in it by the command that defines it. */
const namedBy = (words: string): readonly string[] => {
	let command = program;
	const named: string[] = [];
	for (const word of words.split(' ')) {
		const chain = [command, ...ancestors(command)];
		const owner = chain.find(one => one.options.some(({long, short}) => word === long || word === short));
		if (owner) {
			const option = owner.options.find(({long, short}) => word === long || word === short);
			named.push(`${pathOf(owner)} ${option?.long}`);
		}
		command = command.commands.find(one => one.name() === word || one.aliases().includes(word)) ?? command;
	}
	return [...named, pathOf(command)];
};
const ancestors = (command: Command): readonly Command[] =>
	command.parent ? [command.parent, ...ancestors(command.parent)] : [];

test('every command and every option is run', () => {
	const named = new Set([...runs.map(({words}) => words), ...endless].flatMap(namedBy));
	const all = commandsIn(program).flatMap(command => {
		const path = pathOf(command);
		// Below the demo stand the same definitions once more: that they are there is enough.
		const options = /^jobtop demo ./.test(path) ? [] : command.options.map(({long}) => `${path} ${long}`);
		return [path, ...options];
	});
	assert.ok(all.length > 100, `${all.length} commands and options`);
	assert.deepEqual(
		all.filter(each => !named.has(each) && each !== 'jobtop'),
		[],
	);
});

// ---- the runs --------------------------------------------------------------------------------------

const openSurface = async (...[context]: Parameters<typeof openFar>) => {
	const far = await openFar(context);
	const files = {
		CONFIG: join(far.state, 'other.toml'),
		REFS: join(far.state, 'refs'),
		LOG: join(far.state, 'log'),
	};
	writeFileSync(files.CONFIG, `[profiles.other]\nbackend = "weaver"\nurl = "${far.env.WEAVER_URL}"\n`);
	const ref = (phase: 'running' | 'failed' | 'succeeded') => `weaver/${far.add(phase, 'a job')}`;
	writeFileSync(files.REFS, `${ref('running')}\n`);
	const fill = (words: string): readonly string[] =>
		words.split(' ').map(word => {
			if (word === 'LIVE') return ref('running');
			if (word === 'ENDED') return ref('failed');
			if (word === 'DONE') return ref('succeeded');
			return files[word as keyof typeof files] ?? word;
		});
	return {...far, fill};
};

test('each run ends as it should', async context => {
	const {jobtop, fill} = await openSurface(context);
	for (const {words, code = 0, says, complains} of runs) {
		await context.test(words, async () => {
			const result = await jobtop(fill(words));
			assert.equal(result.code, code, result.stderr);
			assert.match(result.stdout, says);
			if (complains) assert.match(result.stderr, complains);
			assert.ok(!/jobtop: internal error:/.test(result.stderr), result.stderr);
		});
	}
});

test('commands that run until interrupted do so', async context => {
	const {env, fill} = await openSurface(context);
	for (const words of endless) {
		const {child, result} = startCli(fill(words), {env});
		await once(child.stdout, 'data');
		child.kill('SIGINT');
		assert.equal((await result).code, 130, words);
	}
});

test('the help of every command names its options and has examples', async context => {
	const {jobtop} = await openFar(context);
	const visible = commandsIn(program).filter(
		command => !command.name().startsWith('__') && !/^jobtop demo ./.test(pathOf(command)),
	);
	for (const command of visible) {
		const words = pathOf(command).split(' ').slice(1);
		const {code, stdout, stderr} = await jobtop([...words, '--help'], {env: {COLUMNS: '100'}});
		assert.deepEqual([code, stderr], [0, ''], pathOf(command));
		for (const {long} of command.options)
			assert.ok(stdout.includes(long ?? ''), `${pathOf(command)} ${long}`);
		assert.match(stdout, /\nExamples:\n {2}\S/, pathOf(command));
	}
});

// ---- exit codes ------------------------------------------------------------------------------------

type Far = Awaited<ReturnType<typeof openSurface>>;

const interrupted = async ({env, fill}: Far, signal: NodeJS.Signals): Promise<CliResult> => {
	const {child, result} = startCli(fill('wait LIVE'), {env});
	await once(child.stderr, 'data');
	child.kill(signal);
	return result;
};

const endings: Readonly<Record<string, (far: Far) => Promise<CliResult>>> = {
	0: ({jobtop, fill}) => jobtop(fill('cancel LIVE -y')),
	// A platform without what the program is built on is no mistake of the one who types.
	1: ({env}) =>
		runCli(['batches'], {
			env: {...env, NODE_OPTIONS: '--import=data:text/javascript,Math.max=()=>{throw/**/new/**/Error()}'},
		}),
	2: ({jobtop}) => jobtop(['cancel']),
	3: ({jobtop, fill}) => jobtop(fill('cancel LIVE')),
	4: ({jobtop, fill, server}) => {
		const words = fill('cancel LIVE -y');
		server.setFault('unauthorized');
		return jobtop(words);
	},
	5: ({jobtop, fill, server}) => {
		const words = fill('list');
		server.setFault('broken');
		return jobtop(words);
	},
	6: ({jobtop, fill}) => jobtop(fill('cancel ENDED -y')),
	7: ({jobtop}) => jobtop(['cancel', 'weaver/none', '-y']),
	8: ({jobtop, fill}) => jobtop(fill('wait LIVE --timeout 5s')),
	130: far => interrupted(far, 'SIGINT'),
	143: far => interrupted(far, 'SIGTERM'),
	129: far => interrupted(far, 'SIGHUP'),
};

test('every documented exit code has a run that ends with it', () => {
	const promised = exitCodes.flatMap(([code]) => code.split(', '));
	assert.deepEqual(Object.keys(endings).sort(), [...promised].sort());
});

for (const [code, run] of Object.entries(endings)) {
	test(`exit code ${code}`, async context => {
		const result = await run(await openSurface(context));
		assert.equal(result.code, Number(code), result.stderr);
		assert.equal(/jobtop: internal error:/.test(result.stderr), code === '1', result.stderr);
	});
}
