/*
Checks everything that jobtop depends on, and says what to fix.
*/

import {accessSync, constants, existsSync, statfsSync} from 'node:fs';
import {hostname} from 'node:os';
import {dirname} from 'node:path';
import {documentsMark} from '../../backends/abilities.ts';
import {backendKinds, backends} from '../../backends/index.ts';
import type {SystemProgram} from '../../backends/profiles/profile.ts';
import {runCommand} from '../../backends/programs/command.ts';
import {pathOfProgram} from '../../backends/programs/program-path.ts';
import {batchNumbers} from '../../cancellation/journal/batch-files.ts';
import {holderOf} from '../../cancellation/journal/batch-lock.ts';
import {type PartialLogin, type PassedOver, partialLogins} from '../../config/discover.ts';
import {allLimits} from '../../config/limits.ts';
import {type Configuration, discoverySurroundings} from '../../config/load.ts';
import type {ProfileSetting} from '../../config/profile-setting.ts';
import {uncheckedWords} from '../../engine/protocol.ts';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, localRemedies} from '../../job/failure.ts';
import {systemClock} from '../../process/clock.ts';
import {ConfigurationError} from '../../process/configuration-error.ts';
import {causeWords} from '../../process/error-words.ts';
import {neededLimits, type ProcessLimits, processLimits} from '../../process/limits.ts';
import {stateDirectory} from '../../process/state-directory.ts';
import {type Unsafety, unsafeState} from '../../process/state-safety.ts';
import {withoutTokens} from '../../process/without-tokens.ts';
import {themeFor} from '../../text/theme.ts';
import {zoneName} from '../../text/times.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import type {OpenSession, Session} from '../session.ts';
import {connectionOf} from './failure-words.ts';
import {testProfile} from './profile-test.ts';

export type DoctorOptions = {readonly output: 'text' | 'json'; readonly version: string};

/** The result of one check. */
type Finding = {
	readonly check: string;
	readonly state: 'ok' | 'warning' | 'problem';
	readonly detail: string;
	/** What to do; absent if all is well. */
	readonly remedy?: string;
};

const ok = (check: string, detail: string): Finding => ({check, state: 'ok', detail});
const warning = (check: string, detail: string, remedy: string): Finding => ({
	check,
	state: 'warning',
	detail,
	remedy,
});
const problem = (check: string, detail: string, remedy: string): Finding => ({
	check,
	state: 'problem',
	detail,
	remedy,
});

/** Runs all checks. The exit code is 5 if there is a problem. */
export const doctor = async (
	{output, version}: DoctorOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const findings: Finding[] = [
		ok('jobtop', version),
		ok('node', process.versions.node),
		...terminalFindings(),
		zoneFinding(process.env.TZ),
		...limitFindings(processLimits()),
		...certificateFindings(),
		...(await systemFindings()),
		...(await sessionFindings(open)),
	];
	const widest = Math.max(...findings.map(({check}) => widthOf(check)));
	if (output === 'json') console.data(`${JSON.stringify({version: 1, findings})}\n`);
	else console.data(findings.map(each => text(each, widest)).join(''));
	return findings.some(({state}) => state === 'problem') ? 5 : 0;
};

const text = ({check, state, detail, remedy}: Finding, widest: number): string =>
	`${padEnd(state, 7)}  ${padEnd(check, widest)}  ${cleanText(`${detail}${remedy === undefined ? '' : `; ${remedy}`}`, 4000)}\n`;

const terminalFindings = (): readonly Finding[] => {
	const {stdin, stdout, env} = process;
	const {glyphs} = themeFor(env);
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'not set';
	const size = `${stdout.columns}x${stdout.rows}`;
	const roomy = (stdout.columns ?? 0) >= 80 && (stdout.rows ?? 0) >= 24;
	const terminal =
		!stdin.isTTY || !stdout.isTTY
			? warning('terminal', 'none', 'the screen needs one; commands do not')
			: env.TERM === undefined || env.TERM === 'dumb'
				? problem('terminal', `TERM is ${env.TERM ?? 'not set'}`, 'set TERM to your terminal type')
				: roomy
					? ok('terminal', `${env.TERM}, ${size}`)
					: warning('terminal', `${env.TERM}, ${size}`, 'the screen needs 80x24 or more');
	const plain = env.NO_COLOR ? 'NO_COLOR is set' : env.TERM === 'dumb' ? 'TERM is dumb' : undefined;
	return [
		terminal,
		glyphs.ascii
			? warning(
					'locale',
					cleanText(locale, 60),
					'jobtop uses ASCII; choose a UTF-8 locale for other characters',
				)
			: ok('locale', cleanText(locale, 60)),
		ok('colours', plain ? `off: ${plain}` : env.FORCE_COLOR ? 'on: FORCE_COLOR is set' : 'on at a terminal'),
	];
};

/** The zone in which times are shown, or why it is not the one of `TZ`. Exported for tests. */
export const zoneFinding = (wanted: string | undefined): Finding => {
	const {timeZone = 'Etc/Unknown'} = Intl.DateTimeFormat().resolvedOptions();
	const name = zoneName(systemClock.now(), 'local');
	const isUtc = /^:?((Etc\/)?(UTC|GMT|UCT|Universal|Zulu|Greenwich)0?)?$/i;
	if (wanted !== undefined && !isUtc.test(wanted) && ['Etc/Unknown', 'UTC'].includes(timeZone)) {
		return warning(
			'time zone',
			`TZ=${cleanText(wanted, 60)} is unknown to jobtop, so it shows ${name}`,
			'set TZ to a name such as Europe/Berlin',
		);
	}
	return ok('time zone', timeZone === 'Etc/Unknown' || timeZone === name ? name : `${name}, ${timeZone}`);
};

/** Warns of limits with which jobtop may fail. Exported for tests. */
export const limitFindings = (limits: ProcessLimits | undefined): readonly Finding[] => {
	if (!limits) return [];
	const shown = (value: number, unit = 1) =>
		value === Number.POSITIVE_INFINITY ? 'unlimited' : `${Math.floor(value / unit)}`;
	const facts = `${shown(limits.files)} open files, ${shown(limits.processes)} processes, address space ${shown(limits.addressSpace, 1e6)}${limits.addressSpace === Number.POSITIVE_INFINITY ? '' : ' MB'}`;
	const few = [
		limits.files < neededLimits.files && `ulimit -n ${neededLimits.files}`,
		limits.processes < neededLimits.processes && `ulimit -u ${neededLimits.processes}`,
		limits.addressSpace < neededLimits.addressSpace && `ulimit -v ${neededLimits.addressSpace / 1024}`,
	].filter(each => each !== false);
	return [
		few.length === 0
			? ok('ulimit', facts)
			: warning('ulimit', facts, `jobtop may fail with so little; raise it with ${few.join(' and ')}`),
	];
};

const certificateFindings = (): readonly Finding[] =>
	process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
		? [problem('certificates', uncheckedWords, `unset it; ${localRemedies.certificate}`)]
		: [];

const systemFindings = async (): Promise<readonly Finding[]> => {
	const findings = backendKinds.map(async kind => {
		const {program} = (await backends[kind].load()).profile;
		return program && programFinding(kind, program);
	});
	return (await Promise.all(findings)).filter(finding => finding !== undefined);
};

/** The version of a program of a job system; undefined if it is not there. */
const programFinding = async (
	check: string,
	{name, find, versionOption: option, readVersion}: SystemProgram,
): Promise<Finding | undefined> => {
	const surroundings = discoverySurroundings({env: process.env});
	const file = find === undefined ? pathOfProgram(name, process.env) : find(surroundings);
	if (file === undefined) return undefined;
	const fail = (why: string): Finding =>
		problem(check, `${name} ${option}: ${why}`, 'ask the administrators of the cluster, or load its module');
	const env = Object.fromEntries(
		Object.entries(withoutTokens(process.env, [])).filter(
			(entry): entry is [string, string] => entry[1] !== undefined,
		),
	);
	try {
		const signal = AbortSignal.timeout(10_000);
		const {code, stdout, stderr} = await runCommand({file, args: [option], env, signal});
		const [line = ''] = stdout.trim().split('\n', 1);
		return code === 0
			? ok(check, cleanText(readVersion?.(line) ?? line, 60))
			: fail(cleanText(stderr.trim(), 200));
	} catch (error) {
		return fail(error instanceof BackendError ? error.failure.detail : 'no answer within 10 s');
	}
};

/** The checks that depend on the configuration. */
const sessionFindings = async (open: OpenSession): Promise<readonly Finding[]> => {
	let session: Session;
	try {
		session = await open();
	} catch (error) {
		if (!(error instanceof ConfigurationError) && !(error instanceof CommandError)) throw error;
		// If nothing was found: what jobtop looked for, a line each.
		const [why = '', lookedFor] = error.message.split('; jobtop looked for\n');
		const remedy =
			lookedFor === undefined
				? 'jobtop config check lists all mistakes'
				: 'jobtop profiles shows where jobtop looked; jobtop demo has built-in systems';
		return [
			problem('configuration', why, remedy),
			...(lookedFor === undefined
				? []
				: partialFindings(partialLogins(discoverySurroundings({env: process.env})))),
			...stateFindings(stateDirectory(process.env)),
		];
	}
	try {
		const {profiles, connections, env} = session;
		const names = profiles.map(({name}) => name).join(', ');
		return [
			ok('configuration', `profiles: ${names}`),
			...discoveryFindings(profiles, session.configuration?.passedOver ?? []),
			...partialFindings(session.configuration?.partial ?? []),
			...siteFindings(session.configuration),
			...stateFindings(session.stateDirectory),
			...(
				await Promise.all(
					profiles.map(async setting => {
						const {
							profile,
							ok: good,
							steps,
							clockAheadMs,
						} = await testProfile(setting, connectionOf(connections, setting.name), env);
						const last = steps.at(-1);
						const check = `profile ${profile}`;
						const {reach, traits} = connectionOf(connections, setting.name);
						const {credential, way} = reach ?? {};
						const found = last?.detail ?? '';
						const how = good
							? ok(
									check,
									[
										found,
										...(credential === undefined ? [] : [`with ${credential}`]),
										...(way === undefined ? [] : [way]),
										...(traits.fromDocuments ? [documentsMark] : []),
									].join(', '),
								)
							: problem(check, `${last?.step}: ${last?.detail}`, last?.remedy ?? '');
						return clockAheadMs === undefined ? [how] : [how, clockFinding(profile, clockAheadMs)];
					}),
				)
			).flat(),
		];
	} finally {
		await session.close();
	}
};

/** Why each discovered profile is there, and why a system that seems to be there has none. */
const discoveryFindings = (
	profiles: readonly ProfileSetting[],
	passedOver: readonly PassedOver[],
): readonly Finding[] => [
	...profiles.flatMap(({name, found}) => (found === undefined ? [] : [ok(`found ${name}`, found)])),
	...passedOver.map(({name, why}) => ok(`no profile ${name}`, why)),
];

/** Incomplete logins that the user may believe to be complete. */
const partialFindings = (partial: readonly PartialLogin[]): readonly Finding[] =>
	partial.map(({name, lacks}) =>
		warning(`login ${name}`, lacks, 'jobtop does not use it until this is fixed'),
	);

/** The configuration files, and the limits that nothing overrides. */
const siteFindings = (configuration: Configuration | undefined): readonly Finding[] => {
	if (!configuration) return [];
	const {files, limited} = configuration;
	const limits = allLimits(files).map(({key, value, from}) => `${key} = ${JSON.stringify(value)} (${from})`);
	const found = limits.join(', ') || 'none';
	return [
		ok('files', files.map(({path}) => path).join(', ') || 'none'),
		limited === undefined
			? ok('limits', found)
			: warning('limits', `${found}; ${limited}`, 'remove what is not permitted from your own configuration'),
	];
};

/** Smaller differences between clocks do not matter: ages are shown in seconds at best. */
const fineMs = 5000;

const clockFinding = (profile: string, aheadMs: number): Finding => {
	const check = `clock ${profile}`;
	const seconds = Math.round(Math.abs(aheadMs) / 1000);
	if (Math.abs(aheadMs) <= fineMs) return ok(check, 'same as here');
	const which = aheadMs > 0 ? 'behind' : 'ahead of';
	return warning(
		check,
		`this machine is ${seconds} s ${which} the server`,
		'ages are wrong by that much; synchronize the clock here with NTP',
	);
};

/** Below this many free bytes, writing a journal may soon fail. */
const fewBytes = 64 * 1024 * 1024;

const stateFindings = (folder: string): readonly Finding[] => {
	// The folder is created with the first batch; until then, its parent must allow that.
	let there = folder;
	while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
	const findings: Finding[] = [];
	try {
		accessSync(there, constants.W_OK | constants.X_OK);
		findings.push(ok('state', folder));
	} catch (error) {
		findings.push(
			problem(
				'state',
				`${there} cannot be written: ${causeWords(error)}`,
				'nothing can be cancelled; set JOBTOP_STATE_DIR to use another folder',
			),
		);
	}
	const {bavail, bsize} = statfsSync(there);
	const free = bavail * bsize;
	const mebibytes = `${Math.floor(free / 1024 / 1024)} MiB free`;
	findings.push(
		free > fewBytes
			? ok('disk', mebibytes)
			: problem('disk', mebibytes, `make room in ${there}: journals go there`),
	);
	findings.push(safetyFinding(unsafeState(folder)));
	const elsewhere = locksElsewhere(folder);
	findings.push(
		elsewhere.length === 0
			? ok('locks', 'no locks of other hosts')
			: warning(
					'locks',
					elsewhere.map(({number, host}) => `batch ${number} by ${host}`).join(', '),
					'if that jobtop is no longer running: jobtop batches resume N --take-over',
				),
	);
	return findings;
};

const safetyFinding = ([first, ...others]: readonly Unsafety[]): Finding => {
	if (!first) return ok('safety', 'others cannot write there');
	const more = others.length === 0 ? '' : `, and ${others.length} more`;
	return problem('safety', `${first.path} ${first.why}${more}`, first.remedy);
};

const locksElsewhere = (folder: string) => {
	try {
		return batchNumbers(folder).flatMap(number => {
			const host = holderOf(folder, number)?.host;
			return host === undefined || host === '' || host === hostname()
				? []
				: {number, host: cleanText(host, 60)};
		});
	} catch {
		// An unreadable folder is already reported.
		return [];
	}
};
