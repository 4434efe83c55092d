/*
Programs on another machine, over one shared connection of OpenSSH.

No command line holds a request: ssh starts /bin/sh there, for any login shell of the user, and sends it a script that quotes for that shell alone. jobtop opens the connection first and by itself: so it knows when a request was not sent.
*/
import {dirname} from 'node:path';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import {makeDirectory} from '../../process/make-directory.ts';
import {randomMark} from '../../process/random-mark.ts';
import {type CommandResult, CommandTimeout, runCommand} from './command.ts';
import {lastComplaint} from './complaints.ts';
import type {OpenOutput} from './output.ts';

export type SshOptions = {
	/** As `ssh` takes it: `login.example.org`, `me@login`, a name of ~/.ssh/config. */
	readonly destination: string;
	/** The socket of the shared connection; its folder is made. */
	readonly controlPath: string;
};

/** One program over there. */
type RemoteRun = {
	readonly file: string;
	readonly args: readonly string[];
	/** Set for the program, beside what is set there. */
	readonly env: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	readonly limitMs?: number;
};

export type Ssh = {
	readonly run: (run: RemoteRun) => Promise<CommandResult>;
	readonly openOutput: OpenOutput;
};

/** Seconds for which the connection stays when nobody uses it. */
const persistSeconds = 300;
const connectSeconds = 10;
/** A socket has a path of at most 104 bytes on some systems, and ssh puts 17 behind it while it makes one. */
const longestPath = 86;

export type SshSettings = {
	/** The environment of ssh itself. */
	readonly local: Readonly<Record<string, string>>;
	/** The variables over there that no program gets, as patterns of a shell: `SQUEUE_*`. */
	readonly hidden: readonly string[];
};

export const openSsh = ({destination, controlPath}: SshOptions, {local, hidden}: SshSettings): Ssh => {
	const where = cleanText(destination, 200);
	const common = [
		'-T',
		'-a',
		'-x',
		...[
			'BatchMode=yes',
			'LogLevel=ERROR',
			'RemoteCommand=none',
			'PermitLocalCommand=no',
			'ClearAllForwardings=yes',
			'EscapeChar=none',
			`ControlPath=${controlPath}`,
			`ConnectTimeout=${connectSeconds}`,
			'ServerAliveInterval=5',
			'ServerAliveCountMax=3',
		].flatMap(option => ['-o', option]),
	];
	const ssh = (options: readonly string[], command: readonly string[], signal: AbortSignal, more = {}) =>
		runCommand({
			file: 'ssh',
			args: [...common, ...options, '--', destination, ...command],
			env: local,
			signal,
			...more,
		});

	/** Opens the connection where there is none. After any failure here, no program was run. */
	const connect = async (signal: AbortSignal): Promise<void> => {
		if (Buffer.byteLength(controlPath) > longestPath) {
			const detail = `${cleanText(controlPath)} is too long for a socket; set XDG_RUNTIME_DIR to a shorter folder`;
			throw new BackendError({kind: 'unreachable', detail});
		}
		makeDirectory(dirname(controlPath));
		const limitMs = (connectSeconds + 20) * 1000;
		const check = await ssh(['-O', 'check'], [], signal, {limitMs}).catch(neverSent);
		if (check.code === 0) return;
		const master = ['-o', 'ControlMaster=auto', '-o', `ControlPersist=${persistSeconds}`];
		const made = await ssh(master, ['exit'], signal, {limitMs, leavesBehind: true}).catch(neverSent);
		if (made.code === 255 || made.code === undefined) throw new BackendError(explain(made.stderr, where));
	};

	const run = async ({file, args, env, signal, limitMs}: RemoteRun): Promise<CommandResult> => {
		await connect(signal);
		const mark = randomMark();
		// Only over the connection that stands: one that ssh would make by itself goes nowhere.
		const alone = ['-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'];
		const result = await ssh(alone, ['exec /bin/sh -s'], signal, {
			input: script({file, args, env, mark, hidden}),
			...(limitMs !== undefined && {limitMs}),
		}).catch(error => {
			throw error instanceof CommandTimeout ? cutAt(error, mark, file, limitMs) : error;
		});
		return readResult(result, mark, file, where);
	};

	return {run, openOutput: openRemote(run, where)};
};

/** What the program over there had printed when its time was over. It may go on: nobody there stops it. */
const cutAt = (
	{failure, printed: {stdout, stderr}}: CommandTimeout,
	mark: string,
	file: string,
	limitMs: number | undefined,
): CommandTimeout => {
	const behind = (text: string) => text.split(mark)[1] ?? '';
	const name = cleanText(file.slice(file.lastIndexOf('/') + 1));
	const detail = limitMs === undefined ? failure.detail : `${name} did not end within ${limitMs / 1000} s`;
	return new CommandTimeout(detail, {stdout: behind(stdout), stderr: behind(stderr)});
};

/** A failure of the connection comes before any request. */
const neverSent = (error: unknown): never => {
	if (!(error instanceof BackendError)) throw error;
	const {kind, detail} = error.failure;
	throw kind === 'unreachable' ? error : new BackendError({kind: 'unreachable', detail}, {cause: error});
};

const remedies: readonly (readonly [
	pattern: RegExp,
	kind: 'unreachable' | 'unauthorized',
	remedy: string,
])[] = [
	[
		/remote host identification has changed|host key for .* has changed/i,
		'unreachable',
		'its host key has changed: ask its administrators why before you remove the old key from known_hosts',
	],
	[
		/host key verification failed|no .* host key is known/i,
		'unreachable',
		'its host key is unknown: run ssh to it once, and check the key',
	],
	[
		/permission denied|too many authentication failures|no supported authentication/i,
		'unauthorized',
		'it accepts none of your keys without a prompt: load a key into the agent (ssh-add) or get a ticket (kinit)',
	],
];

/** Why no connection stands, and what can be done. */
const explain = (stderr: string, where: string): Failure => {
	const said = cleanText(lastComplaint(stderr) ?? 'ssh gives no reason', 300);
	const [, kind, remedy] = remedies.find(([pattern]) => pattern.test(stderr)) ?? [];
	if (kind === undefined || remedy === undefined) {
		return {kind: 'unreachable', detail: `no connection to ${where}: ${said}`};
	}
	return {kind, detail: `no connection to ${where}: ${remedy} (${said})`};
};

/** Quotes any text so that /bin/sh reads it back. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

type Script = Pick<RemoteRun, 'file' | 'args' | 'env'> &
	Pick<SshSettings, 'hidden'> & {readonly mark: string};

/**
One compound command: of a script that arrives only in part not one word is carried out. It prints the mark before what the program prints, since a shell may greet first, and behind its end, with its code.
*/
export const script = ({file, args, env, mark, hidden}: Script): string => {
	const words = [file, ...args];
	if ([...words, ...Object.values(env)].some(word => word.includes('\0'))) {
		throw new BackendError({kind: 'rejected', detail: 'an argument cannot contain a zero byte'});
	}
	return `{
${hidden.length > 0 ? unset(hidden) : ''}${Object.entries(env)
	.map(([name, value]) => `export ${name}=${quote(value)}\n`)
	.join('')}printf %s ${mark}
printf %s ${mark} >&2
${words.map(quote).join(' ')} </dev/null
printf '%s %s' ${mark} "$?" >&2
exit 0
}
`;
};

/** Removes the variables whose names have these patterns. */
const unset = (
	hidden: readonly string[],
): string => `for name in $(env | sed -n 's/^\\([A-Z_a-z][0-9A-Z_a-z]*\\)=.*/\\1/p'); do
case $name in ${hidden.join('|')}) unset "$name" ;; esac
done
`;

/** What the program printed, between the marks. Without the last mark the connection broke, and nobody knows what was done. */
export const readResult = (
	{stdout, stderr, code}: CommandResult,
	mark: string,
	file: string,
	where: string,
): CommandResult => {
	const printed = stdout.slice(stdout.indexOf(mark) + mark.length);
	const [noise = '', complaints, end] = stderr.split(mark);
	if (end === undefined || complaints === undefined || !stdout.includes(mark)) {
		throw new BackendError(lost(noise, complaints, code, where));
	}
	const ended = Number(end.trim().split(/\s/, 1)[0]);
	const name = cleanText(file.slice(file.lastIndexOf('/') + 1));
	if (ended === 127) {
		const detail = `${name} was not found on ${where}: set bin to its folder there`;
		throw new BackendError({kind: 'unreachable', detail, local: 'program'});
	}
	if (ended === 126) {
		const detail = `${name} cannot be run on ${where}: permission denied`;
		throw new BackendError({kind: 'unreachable', detail, local: 'program'});
	}
	return {stdout: printed, stderr: complaints, code: ended};
};

const lost = (
	noise: string,
	complaints: string | undefined,
	code: number | undefined,
	where: string,
): Failure => {
	const said = cleanText(lastComplaint(noise + (complaints ?? '')) ?? '', 300);
	const because = said === '' ? '' : ` (${said})`;
	// Without the shared connection ssh tried to make one of its own, and that was kept from it.
	const refused = /session open refused by peer/i.test(noise);
	const never = /kex_exchange_identification|closed by unknown|banner exchange/i.test(noise);
	const during = /mux_client|master|shared connection/i.test(
		noise.replace(/.*session open refused by peer.*/gi, ''),
	);
	if (complaints === undefined && code === 255 && (never || refused) && !during) {
		return {kind: 'unreachable', detail: `the connection to ${where} is closed: nothing was sent${because}`};
	}
	return {kind: 'cut-off', detail: `the connection to ${where} broke before the answer${because}`};
};

const absent = 3;
const noFile = 4;
const unreadable = 5;

/** A file over there. Its bytes come as base64: what passes through text is damaged by it. */
const openRemote =
	(run: Ssh['run'], where: string): OpenOutput =>
	async (path, signal) => {
		const shell = async (program: string) => {
			const args = ['-c', program, 'sh', path];
			const {stdout, stderr, code} = await run({file: '/bin/sh', args, env: {LC_ALL: 'C'}, signal});
			if (code === 0) return stdout;
			const shown = cleanText(path);
			const failures: Readonly<Record<number, Failure>> = {
				[absent]: {kind: 'not-found', detail: `there is no ${shown} on ${where}`},
				[noFile]: {kind: 'not-found', detail: `${shown} is not a file`},
				[unreadable]: {kind: 'forbidden', detail: `${shown} cannot be read: permission denied`},
			};
			const said = cleanText(lastComplaint(stderr) ?? '', 200);
			const other: Failure = {kind: 'broken', detail: `${shown} could not be read (${said})`};
			throw new BackendError(failures[code ?? 0] ?? other);
		};
		const size = Number(
			await shell(
				`[ -e "$1" ] || exit ${absent}; [ -f "$1" ] || exit ${noFile}; [ -r "$1" ] || exit ${unreadable}; wc -c <"$1"`,
			),
		);
		return {
			size,
			read: async (from, to) =>
				to <= from
					? Buffer.alloc(0)
					: Buffer.from(await shell(`tail -c +${from + 1} <"$1" | head -c ${to - from} | base64`), 'base64'),
			close: async () => {},
		};
	};
