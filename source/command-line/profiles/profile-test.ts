/*
Tests a profile, and says which step failed and what to do.
*/
import type {Connection} from '../../backends/backend.ts';
import {backends} from '../../backends/index.ts';
import {type ProbeStep, probe} from '../../backends/probe.ts';
import {methodsOf} from '../../config/profile-entries.ts';
import type {ProfileSetting} from '../../config/profile-setting.ts';
import {
	type Failure,
	type FailureKind,
	failureOf,
	type LocalCause,
	localCauseOf,
	localRemedies,
} from '../../job/failure.ts';
import type {Environment} from '../../process/state-directory.ts';
import {count} from '../../text/format.ts';

/** The steps in order. `program` replaces the steps to a server if there is none. */
export type TestStep = ProbeStep | 'program' | 'credentials' | 'rights' | 'answer';

export type StepResult = {
	readonly step: TestStep;
	readonly ok: boolean;
	readonly detail: string;
	/** What to do if it failed. */
	readonly remedy?: string;
};

export type ProfileTest = {
	readonly profile: string;
	readonly backend: string;
	readonly ok: boolean;
	readonly steps: readonly StepResult[];
	readonly clockAheadMs?: number;
	readonly credential: boolean;
};

/** Milliseconds for the connection, and for the request. */
const wayMs = 10_000;
const askMs = 30_000;

const remedies: Readonly<Record<TestStep, string>> = {
	name: 'check the host in url, the VPN and DNS',
	connection: 'check the port in url, the VPN and the firewall; or set proxy of the profile, or HTTPS_PROXY',
	proxy: `check proxy of the profile, or HTTPS_PROXY: its login, and what it permits; proxy = "none" connects directly`,
	tls: `check url; ${localRemedies.certificate}`,
	program: 'check that its programs run in your shell; put them on PATH, or set bin to their folder',
	credentials: 'renew the credential: token_env, token_command, token_file or token_dotenv of the profile',
	rights: 'ask for permission to list jobs, or use another credential',
	answer: 'check the path in url and the kind of system',
};

/** Where something else than the profile names the server. */
const remediesWithoutUrl: Partial<Record<TestStep, string>> = {
	connection: 'check the address of the server, the VPN and the firewall',
	credentials: 'log in again with the tool of this system',
	answer: 'check the address of the server and the kind of system',
};

/** The step in which a request failed. */
const stepOf: Readonly<Record<FailureKind, TestStep>> = {
	unreachable: 'connection',
	'cut-off': 'connection',
	timeout: 'answer',
	unauthorized: 'credentials',
	forbidden: 'rights',
	'not-found': 'answer',
	conflict: 'answer',
	rejected: 'answer',
	'rate-limited': 'answer',
	broken: 'answer',
	malformed: 'answer',
};

const stepOfCause: Partial<Record<LocalCause, TestStep>> = {
	'credential-program': 'credentials',
	program: 'program',
	proxy: 'proxy',
	'proxy-refusal': 'proxy',
	certificate: 'tls',
	'client-certificate': 'tls',
	'tls-file': 'tls',
};

/** A request that fails at these steps says nothing about the credential. */
const unproven: ReadonlySet<TestStep> = new Set(['credentials', 'connection', 'proxy', 'tls']);

const failing: Partial<Record<FailureKind, string>> = {
	timeout: 'the server is slow: try again later',
	'rate-limited': 'the server asked to slow down: try again later',
	broken: 'the server failed: try again later, or contact its administrators',
};

/** What to do about the programs of a system, here or on another machine. */
const programRemedy = (step: TestStep, program: string, host: string | undefined): string | undefined => {
	if (host === undefined) {
		return step === 'program'
			? `check that ${program} runs in your shell; put the programs on PATH, or set bin to their folder`
			: undefined;
	}
	const remedies: Partial<Record<TestStep, string>> = {
		program: `check that ssh ${host} ${program} runs in your shell; set bin to the folder of the programs there`,
		credentials: `check that ssh ${host} runs in your shell without a prompt`,
	};
	return remedies[step];
};

/** Tests one profile. Requests one page of jobs and changes nothing. */
export const testProfile = async (
	setting: ProfileSetting,
	connection: Connection,
	env: Environment,
): Promise<ProfileTest> => {
	const {name, entry} = setting;
	const steps: StepResult[] = [];
	const about = {profile: name, backend: entry.backend};
	const fail = (
		step: TestStep,
		detail: string,
		credential = false,
		remedy = remedies[step],
	): ProfileTest => ({
		...about,
		ok: false,
		credential,
		// A request may fail at a step that a connection has passed.
		steps: [...steps.filter(passed => passed.step !== step), {step, ok: false, detail, remedy}],
	});

	const {address: addressOf, route} = await methodsOf(entry.backend);
	const address = addressOf(entry);
	let ahead: number | undefined;
	if (address !== undefined && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) {
		const way = await probe(new URL(address), {
			env,
			route: route?.(entry, {env, folder: setting.folder}),
			signal: AbortSignal.timeout(wayMs),
		});
		ahead = way.clockAheadMs;
		for (const {step, ok, detail, cause} of way.steps) {
			if (!ok) return fail(step, detail, false, cause && localRemedies[cause]);
			steps.push({step, ok, detail});
		}
	}
	const source = connection.reach?.credential;
	let failure: Failure;
	try {
		const signal = AbortSignal.timeout(askMs);
		const page = await connection.backend.listPage({everyone: false, ended: false, signal});
		const more = page.cursor === undefined ? '' : ' on the first page';
		if (source) steps.push({step: 'credentials', ok: true, detail: `accepted, from ${source}`});
		steps.push({step: 'rights', ok: true, detail: 'it may list jobs'});
		const jobs = `${count(page.jobs.length, 'active job')}${more}`;
		if (page.unreadable > 0) {
			const lost = `${count(page.unreadable, 'record')} of ${page.jobs.length + page.unreadable} cannot be read`;
			return fail(
				'answer',
				lost,
				false,
				`jobtop does not show them; check that this is a ${connection.traits.title}`,
			);
		}
		steps.push({step: 'answer', ok: true, detail: jobs});
		return {...about, ok: true, credential: false, steps, ...(ahead !== undefined && {clockAheadMs: ahead})};
	} catch (error) {
		failure =
			(error as Error).name === 'TimeoutError'
				? {kind: 'timeout', detail: `no answer within ${askMs / 1000} s`}
				: failureOf(error);
	}
	const cause = localCauseOf(failure);
	const {program} = (await backends[entry.backend].load()).profile;
	const reached = program !== undefined && failure.kind === 'unreachable' ? 'program' : stepOf[failure.kind];
	const step = (cause && stepOfCause[cause]) ?? reached;
	// All steps before this one have reached the server.
	if (source && !unproven.has(step))
		steps.push({
			step: 'credentials',
			ok: true,
			detail: `${step === 'rights' ? 'accepted' : 'not refused'}, from ${source}`,
		});
	return {
		...fail(
			step,
			failure.detail,
			failure.kind === 'unauthorized',
			cause === undefined || cause === 'program'
				? (failing[failure.kind] ??
						(program && programRemedy(step, program.name, connection.reach?.host)) ??
						(address === undefined ? remediesWithoutUrl[step] : undefined))
				: localRemedies[cause],
		),
		...(ahead !== undefined && {clockAheadMs: ahead}),
	};
};
