import {hostname, userInfo} from 'node:os';
import type {Backend, Connection} from '../backends/backend.ts';
import {createAudit} from '../cancellation/audit.ts';
import {batchNumbers} from '../cancellation/batch-files.ts';
import {BatchHeldError} from '../cancellation/batch-lock.ts';
import {dryRun} from '../cancellation/dry-run.ts';
import {refHere} from '../cancellation/earlier-names.ts';
import {exportBatch} from '../cancellation/export-batch.ts';
import {lookAt} from '../cancellation/looks.ts';
import type {LookSource} from '../cancellation/machine.ts';
import {type JournalledBatch, readBatch, summaryOf} from '../cancellation/read-batch.ts';
import {targetOf} from '../cancellation/report.ts';
import {createRunner, type ResumeManner} from '../cancellation/runner.ts';
import {BatchWaitsError, systemsOf} from '../cancellation/whose-batch.ts';
import {cleanText} from '../job/clean-text.ts';
import {BackendError, type Failure, failurePolicies} from '../job/failure.ts';
import type {Job} from '../job/job.ts';
import {parseRef, type Ref, refOf} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {errorWords} from '../process/error-words.ts';
import {createAttention} from './attention.ts';
import {createCommandHistory} from './command-history.ts';
import {deleteJob, deletions, sentenceOfDeletion} from './deletion.ts';
import {createDismissals, type Dismissed} from './dismissals.ts';
import {createExchanges} from './exchanges.ts';
import {createFaults} from './faults.ts';
import {hideOnServer, hidingTrouble} from './hiding.ts';
import {createJobOutput} from './job-output.ts';
import {readView, writeView} from './kept-view.ts';
import {createLatencies} from './latency.ts';
import type {Watch} from './limiter/contained.ts';
import {limited} from './limiter/limited.ts';
import {linksTo} from './links.ts';
import {gatherRows} from './polling/gather-rows.ts';
import {intervalBeside} from './polling/pace.ts';
import {createPoller, type Poller} from './polling/poller.ts';
import type {WholeList} from './polling/read-list.ts';
import {createRows, type Rows} from './polling/rows.ts';
import {type ProfileTest, tellingSteps, testProfile} from './profile-test.ts';
import {
	type Batch,
	type BatchSummary,
	type CancelTarget,
	type Intention,
	type Notice,
	type Patch,
	type ProfileHealth,
	type ProfileInfo,
	type Scope,
	type ScreenSettings,
	type TableView,
	uncheckedWords,
	usualSettings,
	type WaitingBatch,
} from './protocol.ts';

export type EngineOptions = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	/** Where journals are kept; made when the first cancellation needs it. */
	readonly stateDirectory: string;
	/** What the engine has to tell. Patches that belong together come together. */
	readonly report: (patches: readonly Patch[]) => void;
	readonly scope: Scope;
	/** Milliseconds between two polls; the backend's own where it is absent. */
	readonly intervalMs?: number;
	/** Wait for new credentials (the screen), or settle at once (the command line). */
	readonly park: boolean;
	readonly readOnly?: boolean;
	readonly lookedFor?: readonly string[];
	/** What somebody wanted otherwise than a limit lets it be, in a line. */
	readonly limited?: string;
	/** Profiles where cancelling asks for the profile's name. */
	readonly protect?: readonly string[];
	readonly settings?: ScreenSettings;
	/** Nobody checks the certificates of servers. */
	readonly unchecked?: boolean;
	/** A number from 0 to 1, for the intervals between polls. */
	readonly random?: () => number;
};

export type Engine = {
	/** Says hello, takes up what an earlier run left unfinished, and starts to poll every profile. The command line's `cancel` works without. */
	readonly start: () => void;
	readonly handle: (intention: Intention) => void;
	/**
	Starts a batch: exactly these targets, by ref. Resolves once the journal that names them is on disk; rejects, with nothing sent, where it cannot be written.
	*/
	readonly cancel: (targets: readonly CancelTarget[], reason?: string, force?: boolean) => Promise<Batch>;
	/**
	Takes up what an earlier process left unfinished; undefined where nothing is left. Rejects with a `BatchHeldError` where another process has it, and with a `BatchWaitsError` where it is of another system, or where something is not proven and nobody has `agreed`; `takeOver` breaks the lock of another host.
	*/
	readonly resume: (number: number, how?: ResumeManner) => Promise<Batch | undefined>;
	/** Nobody waits any longer: what has not left is taken back, what has is reported as it stands. */
	readonly leave: () => void;
	/** Stops polling and following, and flushes the journals. Cancellations that are not settled stay in them. */
	readonly stop: () => Promise<void>;
};

/** Milliseconds in which a batch of several can be recalled. One job alone goes at once. */
const recallMs = 1500;
/** Milliseconds after which an unfinished batch is not taken up by itself any more. */
const freshMs = 86_400_000;
/** Batches of earlier runs that are told of. */
const mostEarlier = 10;
/** Missing jobs that are asked for after one poll; the others wait for the next. */
const mostMissing = 50;

/** Why a request was sent, for people. */
const methodWords: Readonly<Record<keyof Backend, string>> = {
	system: 'system',
	listPage: 'list',
	get: 'look',
	look: 'look',
	getMany: 'look',
	cancel: 'cancel',
	cancelMany: 'cancel',
	partOf: 'dry run',
	describeCancel: 'dry run',
	describeLook: 'dry run',
	pageUrl: 'page',
	logIn: 'log in',
	forceCancel: 'force',
	hide: 'hide',
	unhide: 'show again',
	delete: 'delete',
	logs: 'log',
	listen: 'log',
	results: 'results',
	close: 'close',
};

type Profile = {
	readonly connection: Connection;
	readonly rows: Rows;
	readonly poller: Poller;
	/** Live jobs that the last complete list did not hold. */
	unlisted: ReadonlySet<Ref>;
	health?: ProfileHealth;
};

export const createEngine = (options: EngineOptions): Engine => {
	const {clock, report} = options;
	const stopping = new AbortController();
	let scope = options.scope;
	let moments = 0;
	const moment = () => ++moments;
	let inspected: Ref | undefined;

	const faults = createFaults(options.stateDirectory, clock.now);
	let requestsOf: Ref | undefined;
	const tellRequests = (ref: Ref) => {
		if (ref === requestsOf) report([{type: 'requests', ref, exchanges: exchanges.of(ref)}]);
	};
	const exchanges = createExchanges({clock, onChange: tellRequests});
	const connections = new Map(
		options.connections.map(connection => {
			const {profile} = connection;
			const watch: Watch = {
				asks: (method, ids) =>
					exchanges.about(
						ids.map(id => refOf(profile, id)),
						methodWords[method],
					),
				onFault: (method, error) => faults.add(profile, method, error),
				// What the poller itself asked, it hears of.
				onPatience(method, failure) {
					if (method !== 'listPage') profiles.get(profile)?.poller.asksForPatience(failure);
				},
			};
			return [profile, limited(connection, clock, watch)];
		}),
	);
	const history = createCommandHistory(options.stateDirectory);
	const dismissals = createDismissals(options.stateDirectory, clock.now, ref =>
		refHere(connections.values(), ref),
	);

	const notice = (tone: Notice['tone'], text: string, profile?: string) =>
		report([
			{type: 'notice', notice: {at: clock.now(), tone, text, ...(profile !== undefined && {profile})}},
		]);

	const attention = createAttention(clock);
	const hasten = () => {
		for (const {poller} of profiles.values()) poller.hasten();
	};

	/** Profiles of which the reader wants nothing asked and no rows. */
	const off = new Set<string>();
	const changedRows = gatherRows(clock, patches =>
		report(
			off.size === 0
				? patches
				: patches.map(patch =>
						patch.type === 'jobs'
							? {...patch, upserts: patch.upserts.filter(({profile}) => !off.has(profile))}
							: patch,
					),
		),
	);
	const tellRows: typeof changedRows.tell = (upserts, removes) => {
		showReplacing(upserts);
		changedRows.tell(upserts, removes);
	};
	/** What has come to have the id of a hidden job is shown. */
	const showReplacing = (jobs: readonly Job[]) => {
		const refs = dismissals.replacing(jobs);
		if (refs.length > 0) hideHere(refs, false);
	};

	const audit = createAudit(options.stateDirectory, words =>
		notice('error', `what was cancelled cannot be put into the audit file: ${words}`),
	);
	const latencies = createLatencies(options.stateDirectory, clock);
	const latencyChanged = new Set<string>();
	/** By the name that the profile has, or else had. */
	const usual = (profile: string) =>
		[profile, ...(connections.get(profile)?.aliases ?? [])]
			.map(latencies.of)
			.find(latency => latency !== undefined);
	const tellLatency = (profile: string) => {
		const latency = usual(profile);
		if (latency) report([{type: 'latency', profile, latency}]);
	};
	const runner = createRunner({
		audit,
		connections,
		clock,
		stateDirectory: options.stateDirectory,
		by: `${userName()}@${hostname()}`,
		park: options.park,
		stageMs: targets => (options.park && targets > 1 ? recallMs : 0),
		moment,
		seenAlive: ref => {
			const job = rowOf(ref);
			return job !== undefined && !job.terminal;
		},
		onSeen(jobs, asked) {
			for (const [profile, those] of Map.groupBy(jobs, ({profile}) => profile)) {
				const rows = profiles.get(profile)?.rows;
				const changed = rows?.see(those.filter(hasRow(rows)), asked) ?? [];
				if (changed.length > 0) profiles.get(profile)?.poller.changed();
				tellRows(changed);
			}
		},
		usual,
		onEnded(profile, ms) {
			latencies.add(profile, ms);
			latencyChanged.add(profile);
		},
		onBatch(batch) {
			report([{type: 'batch', batch}]);
			hasten();
		},
		onLost: (number, words) =>
			notice(
				'error',
				`how batch ${number} ended could not be written (${words}): the next jobtop takes it up again, and sends what was not sent`,
			),
		onReports(reports) {
			report([{type: 'cancellations', reports}]);
			latencyChanged.forEach(tellLatency);
			latencyChanged.clear();
		},
	});

	const rowOf = (ref: Ref): Job | undefined => profiles.get(parseRef(ref)?.profile ?? '')?.rows.get(ref);

	const output = createJobOutput({
		connections,
		clock,
		signal: stopping.signal,
		...(options.random && {random: options.random}),
		hasEnded: ref => rowOf(ref)?.terminal ?? false,
		report,
	});

	/** Whoever has seen jobs tells the rows and the cancellations of them. */
	const seen = ({rows}: Profile, jobs: readonly Job[], asked: number, source: LookSource) => {
		tellRows(rows.see(source === 'list' ? jobs : jobs.filter(hasRow(rows)), asked));
		runner.observe(jobs, asked, source);
	};

	// ---- polling -----------------------------------------------------------------------------------

	const takeIn = (profile: Profile, list: WholeList, asked: number) => {
		tellRows([]);
		runner.polled(profile.connection.profile);
		if (list.covers === 'everything') {
			const {removes, missing} = profile.rows.missingFrom(list.jobs, asked, scope);
			tellRows([], removes);
			if (removes.length > 0) profile.poller.changed();
			// What is being cancelled is looked at by whoever follows it.
			const followed = new Set(missing.map(({ref}) => ref).filter(runner.follows));
			runner.missed([...followed]);
			const replaced = new Set(missing.filter(isReplacedIn(list.jobs)));
			tellRows(
				[],
				[...replaced].flatMap(({ref}) => (profile.rows.remove(ref) ? ref : [])),
			);
			const others = missing.filter(job => !followed.has(job.ref) && !replaced.has(job));
			void askFor(profile, others.slice(0, mostMissing));
		}
		output.looked();
		// The details of a job that is looked at are as fresh as its row.
		if (inspected && parseRef(inspected)?.profile === profile.connection.profile) void inspect(inspected);
	};

	/** What waited of an array and has got another id since gets no row of its own again. */
	const hasRow =
		(rows: Rows) =>
		({ref, set, terminal}: Job): boolean =>
			terminal || !set || set.apart !== undefined || rows.get(ref) !== undefined;

	/** Whether a list holds its array under another id: what waits of an array has another one with every task that starts, and there is one of it. */
	const isReplacedIn = (listed: ReadonlyMap<Ref, Job>) => {
		let parents: Set<Ref | undefined> | undefined;
		return ({set, parent}: Job): boolean => {
			if (!set || set.apart || parent === undefined) return false;
			parents ??= new Set([...listed.values()].map(job => job.parent));
			return parents.has(parent);
		};
	};

	/**
	A job that a complete list does not hold is asked for before it is called gone. One that is said to live and that two lists in a row do not hold is another row by now: the waiting rest of an array has another id with every task that starts.
	*/
	const askFor = async (profile: Profile, missing: readonly Job[]) => {
		const {connection, rows, unlisted} = profile;
		profile.unlisted = new Set(missing.map(({ref}) => ref));
		const {backend} = connection;
		const {signal} = stopping;
		const asked = moment();
		const remove = ({ref}: Job) => {
			if (rows.remove(ref)) tellRows([], [ref]);
		};
		const gone = (job: Job) => {
			remove(job);
			runner.missing(job.ref, asked);
		};
		const found = (job: Job, source: 'alone' | 'record') => {
			if (!job.terminal && unlisted.has(job.ref) && !runner.follows(job.ref)) remove(job);
			else seen(profile, [job], asked, source);
		};
		const one = async (job: Job) => {
			try {
				if (backend.get) found(await lookAt(backend, job.id, {signal}), 'alone');
				else gone(job);
			} catch (error) {
				if (error instanceof BackendError && error.failure.kind === 'not-found') gone(job);
				else if (!(error instanceof BackendError) && !signal.aborted) throw error;
			}
		};
		if (!backend.getMany || missing.length < 2) return void (await Promise.all(missing.map(one)));
		try {
			const ids = missing.map(({id}) => id);
			const {jobs, failures} = await backend.getMany(ids, {signal});
			for (const job of jobs.values()) found(job, 'record');
			for (const job of missing) if (!jobs.has(job.id) && !failures.has(job.id)) gone(job);
		} catch (error) {
			if (!(error instanceof BackendError) && !signal.aborted) throw error;
		}
	};

	const changedHealth = (profile: Profile, health: ProfileHealth) => {
		const before = profile.health;
		profile.health = health;
		report([{type: 'health', health}]);
		if (before === undefined || before.state === health.state) return;
		const name = health.profile;
		if (health.failure) {
			const {detail, kind} = health.failure;
			notice('error', `${detail}; ${failurePolicies[kind].advice}`, name);
		} else if (health.state === 'ok' && before.state !== 'loading') {
			notice('info', 'is answering again', name);
		}
		if (before.state === 'unauthorized' && health.state === 'ok') runner.renewed(name);
	};

	const profiles = new Map<string, Profile>(
		[...connections].map(([name, connection]) => {
			const rows = createRows();
			const poller = createPoller({
				connection,
				clock,
				intervalMs: Math.max(
					options.intervalMs ?? connection.traits.intervalMs,
					connection.minInterval?.ms ?? 0,
				),
				...(connection.minInterval && {leastMs: connection.minInterval.ms}),
				...(options.random && {random: options.random}),
				watched: () => ({
					since: attention.since(),
					away: attention.away(),
					urgent: attention.hasAsked() || runner.isBusyWith(name),
				}),
				scope: () => scope,
				moment,
				onPage(jobs, asked) {
					const {changed, known} = rows.take(jobs, asked);
					showReplacing(changed);
					changedRows.gather(changed);
					if (changed.length > 0) profiles.get(name)?.poller.changed();
					runner.observe(jobs, asked, 'list');
					return known;
				},
				onList: (list, asked) => takeIn(profiles.get(name) as Profile, list, asked),
				onHealth: health => changedHealth(profiles.get(name) as Profile, health),
			});
			return [name, {connection, rows, poller, unlisted: new Set()}];
		}),
	);

	// ---- intentions --------------------------------------------------------------------------------

	const inspect = async (ref: Ref) => {
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const known = profiles.get(profile);
		const failed = (failure: Failure) => report([{type: 'detail-failed', ref, at: clock.now(), failure}]);
		if (!known?.connection.backend.get) {
			return failed({kind: 'rejected', detail: `profile ${profile} cannot show more of a job`});
		}
		const asked = moment();
		try {
			const detail = await known.connection.backend.get(id, {signal: stopping.signal});
			seen(known, [detail.job], asked, 'alone');
			if (inspected === ref) report([{type: 'detail', ref, at: clock.now(), detail}]);
		} catch (error) {
			if (stopping.signal.aborted) return;
			if (!(error instanceof BackendError)) throw error;
			if (error.failure.kind === 'not-found') runner.missing(ref, asked);
			if (inspected === ref) failed(error.failure);
		}
	};

	/** What it tells comes with the row. That it fails is no news: the look before the request tells. */
	const lookOnce = async (ref: Ref) => {
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const known = profiles.get(profile);
		const {backend} = known?.connection ?? {};
		if (!known || !backend?.get) return;
		const asked = moment();
		try {
			const {job} = await backend.get(id, {signal: stopping.signal});
			seen(known, [job], asked, 'alone');
		} catch (error) {
			if (!(error instanceof BackendError) && !stopping.signal.aborted) throw error;
		}
	};

	const cancel: Engine['cancel'] = async (targets, reason, force = false) => {
		if (options.readOnly) throw new Error('jobtop is read-only here: nothing was sent');
		// A key can be pressed twice before the first report is seen.
		const open = targets.filter(({ref}) => !runner.follows(ref));
		if (open.length === 0) throw new Error('it is on its way already');
		return runner.start(open, reason === undefined ? undefined : cleanText(reason), force);
	};

	/** Those of a batch whose outcome left the job as it was, as they are now known. */
	const force = (refs: readonly Ref[]) => {
		const told = (taken: boolean) => report([{type: 'asked', kind: 'force', refs, taken}]);
		if (options.readOnly) {
			told(false);
			return notice('error', 'nothing was sent: jobtop is read-only here');
		}
		const impossible = runner.force(refs);
		told(impossible.length < refs.length);
		if (impossible.length === 0) return;
		const which = impossible.length === 1 ? impossible[0] : `${impossible.length} of them`;
		notice('warning', `there is nothing stronger to send for ${which} now`);
	};

	const dismissedOf = (ref: Ref): Dismissed => {
		const job = rowOf(ref);
		return job ? targetOf(job) : {ref};
	};

	/** Returns whether it could be remembered. */
	const hideHere = (refs: readonly Ref[], hidden: boolean): boolean => {
		try {
			dismissals.set(refs.map(dismissedOf), hidden);
			report([{type: 'dismissed', refs, hidden}]);
			return true;
		} catch (error) {
			notice('error', `that cannot be remembered: ${errorWords(error as Error)}`);
			report([{type: 'dismissed', refs, hidden: !hidden}]);
			return false;
		}
	};

	/** The last order for each job: a later one may not overtake it. */
	const orders = new Map<Ref, Promise<unknown>>();

	const hide = (refs: readonly Ref[], hidden: boolean) => {
		// Read-only is about servers; what is hidden here is one's own.
		if (!hideHere(refs, hidden) || options.readOnly) return;
		for (const [name, profile] of profiles) {
			const {backend} = profile.connection;
			const own = refs.filter(ref => parseRef(ref)?.profile === name);
			if (own.length > 0 && (hidden ? backend.hide : backend.unhide)) {
				void hideThere(profile, own, hidden).catch(unlessStopping);
			}
		}
	};

	const hideThere = async (profile: Profile, refs: readonly Ref[], hidden: boolean) => {
		const {connection, rows, poller} = profile;
		const answers = await Promise.all(
			refs.map(async ref => {
				const order = Promise.resolve(orders.get(ref))
					.catch(unlessStopping)
					.then(() => hideOnServer(connection, ref, hidden, stopping.signal));
				orders.set(ref, order);
				return [ref, await order] as const;
			}),
		);
		const done = answers.filter(([, {kind}]) => kind === 'done');
		const troubles = answers.flatMap(
			([ref, answer]) => hidingTrouble(hidden, answer)?.replace(/^/, `${ref} `) ?? [],
		);
		if (done.length > 0) {
			const what = done.length === 1 ? done[0]?.[0] : `${done.length} jobs`;
			notice(
				'info',
				`${what} ${hidden ? 'hidden on its server too' : 'shown on its server again'}`,
				connection.profile,
			);
		}
		const [first, ...others] = troubles;
		if (first !== undefined) {
			notice('error', others.length > 0 ? `${first} (and ${others.length} more)` : first);
		}
		// A list that was asked for before does not hold what is shown again.
		if (!hidden && done.some(([ref]) => rows.get(ref) === undefined)) poller.now();
	};

	const remove = async (profile: Profile, target: CancelTarget) => {
		const {connection, rows, poller} = profile;
		const asked = moment();
		const deletion = await deleteJob(connection, target, stopping.signal);
		const {kind, job} = deletion;
		if (stopping.signal.aborted) return;
		if (kind === 'deleted' || kind === 'not-found') {
			if (rows.remove(target.ref)) tellRows([], [target.ref]);
			// Its record is no use to anybody.
			if (job) hideHere([target.ref], true);
			// A list that is on its way was asked for before.
			poller.now();
		} else if (job) seen(profile, [job], asked, 'alone');
		report([{type: 'asked', kind: 'delete', refs: [target.ref], taken: kind === 'deleted'}]);
		notice(deletions[kind].tone, sentenceOfDeletion(target.ref, deletion));
	};

	const unlessStopping = (error: unknown) => {
		if (!stopping.signal.aborted) throw error;
	};

	const removeAll = (targets: readonly CancelTarget[]) => {
		if (options.readOnly) {
			const refs = targets.map(({ref}) => ref);
			report([{type: 'asked', kind: 'delete', refs, taken: false}]);
			return notice('error', 'jobtop is read-only here: nothing was deleted');
		}
		for (const target of targets) {
			const profile = profiles.get(parseRef(target.ref)?.profile ?? '');
			if (profile) void remove(profile, target);
		}
	};

	const exportOne = (number: number) => {
		try {
			notice('info', `batch ${number} is in ${exportBatch(options.stateDirectory, number)}`);
		} catch (error) {
			notice('error', `batch ${number} cannot be exported: ${errorWords(error as Error)}`);
		}
	};

	const keepView = (view: TableView) => {
		try {
			writeView(options.stateDirectory, view);
		} catch (error) {
			notice('warning', `how the table looks cannot be kept: ${errorWords(error as Error)}`);
		}
	};

	/** Also where it cannot be kept, it is there until the end of this run. */
	let typed = history.read();
	let keptTyped = true;
	const remember = (line: string) => {
		try {
			typed = history.add(line);
		} catch (error) {
			if (keptTyped) notice('warning', `what is typed is not kept: ${errorWords(error as Error)}`);
			keptTyped = false;
			typed = [...typed, line].slice(-200);
		}
		report([{type: 'history', lines: typed}]);
	};

	/** What is tried with a profile, told step by step. */
	const trying = (name: string, tryIt: (profile: Profile, tell: ProfileTest['tell']) => Promise<void>) => {
		const profile = profiles.get(name);
		const tell: ProfileTest['tell'] = (steps, done) =>
			report([{type: 'profile-steps', profile: name, steps, done}]);
		if (profile) void tryIt(profile, tell).catch(unlessStopping);
	};

	const test = (profile: Profile, tell: ProfileTest['tell']) => {
		const {connection} = profile;
		const asked = moment();
		const onPage = (jobs: readonly Job[]) => seen(profile, jobs, asked, 'list');
		return testProfile({connection, scope, clock, signal: stopping.signal, tell, onPage});
	};

	const logIn = async ({connection, poller}: Profile, tell: ProfileTest['tell']) => {
		const say = tellingSteps({clock, tell});
		const {backend, reach, profile} = connection;
		say(`read the credential anew from ${reach?.credential ?? 'its source'}`);
		try {
			await backend.logIn?.();
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
			say(error.failure.detail, 'wrong', true);
			return;
		}
		say('there is one; its profile is asked with it, and what waited for it goes on', 'well', true);
		runner.renewed(profile);
		poller.now();
	};

	const enable = (name: string, enabled: boolean) => {
		const profile = profiles.get(name);
		if (!profile || enabled !== off.has(name)) return;
		const rows = profile.rows.all();
		if (enabled) {
			off.delete(name);
			tellRows(rows);
		} else {
			tellRows(
				[],
				rows.map(({ref}) => ref),
			);
			off.add(name);
		}
		profile.poller.turn(enabled);
	};

	const tellLinks = (ref: Ref) => {
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const connection = connections.get(profile);
		const links = connection ? linksTo(connection, id) : {};
		report([{type: 'links', ref, ...links}]);
	};

	const changeScope = (next: Scope) => {
		scope = next;
		attention.ask();
		report([{type: 'scope', scope}]);
		for (const {rows, poller} of profiles.values()) {
			tellRows([], rows.narrow(scope));
			poller.now();
		}
	};

	const changeIntervals = (to: number | 'longer' | 'shorter') => {
		const limited: Connection[] = [];
		attention.ask();
		for (const {connection, poller} of profiles.values()) {
			const wanted = typeof to === 'number' ? to : intervalBeside(poller.health().intervalMs, to);
			const least = connection.minInterval?.ms ?? 0;
			if (wanted < least) limited.push(connection);
			poller.every(Math.max(wanted, least));
		}
		const alike = Map.groupBy(limited, ({minInterval}) => `${minInterval?.ms} ${minInterval?.from}`);
		for (const those of alike.values()) {
			const names = those.map(({profile}) => profile).join(', ');
			const {ms = 0, from} = those[0]?.minInterval ?? {};
			notice('warning', `${names}: at most every ${ms / 1000} s, a limit in ${from}`);
		}
	};

	/** What was asked is on disk before it is said to be asked. */
	const cancelAndTell = async (targets: readonly CancelTarget[], reason?: string) => {
		const refs = targets.map(({ref}) => ref);
		const told = (taken: boolean) => report([{type: 'asked', kind: 'cancel', refs, taken}]);
		try {
			await cancel(targets, reason);
			told(true);
		} catch (error) {
			told(false);
			notice('error', `nothing was sent: ${errorWords(error as Error)}`);
		}
	};

	/** Where what somebody wants is asked for at once, whatever pause the server wished for. */
	const profilesOf = (intention: Intention): readonly string[] => {
		const named = (refs: readonly Ref[]) => refs.map(ref => parseRef(ref)?.profile ?? '');
		switch (intention.type) {
			case 'cancel':
			case 'delete':
				return named(intention.targets.map(({ref}) => ref));
			case 'force':
				return named(intention.refs);
			case 'look':
				return named([intention.ref]);
			case 'logs':
			case 'results':
				return named(intention.ref === undefined ? [] : [intention.ref]);
			case 'refresh':
				return intention.profile === undefined ? [...profiles.keys()] : [intention.profile];
			case 'test':
			case 'log-in':
				return [intention.profile];
			default:
				return [];
		}
	};

	const handle: Engine['handle'] = intention => {
		for (const name of new Set(profilesOf(intention))) connections.get(name)?.goOn?.();
		switch (intention.type) {
			case 'cancel':
				return void cancelAndTell(intention.targets, intention.reason);
			case 'recall':
				return runner.recall(intention.batch);
			case 'force':
				return force(intention.refs);
			case 'unfollow':
				return runner.unfollow(intention.refs);
			case 'dry-run': {
				const {asked, refs} = intention;
				return report([{type: 'dry-run', asked, requests: dryRun(connections, refs)}]);
			}
			case 'inspect':
				inspected = intention.ref;
				return void (inspected && inspect(inspected));
			case 'look':
				return void lookOnce(intention.ref);
			case 'logs':
				return output.wantLog(intention.ref);
			case 'results':
				return output.wantResults(intention.ref);
			case 'requests':
				requestsOf = intention.ref;
				return void (requestsOf && tellRequests(requestsOf));
			case 'dismiss':
				return hide(intention.refs, true);
			case 'restore':
				return hide(intention.refs, false);
			case 'delete':
				return removeAll(intention.targets);
			case 'attention':
				attention.tell(intention.what);
				return hasten();
			case 'refresh':
				attention.ask();
				for (const [name, {poller}] of profiles) {
					if (intention.profile === undefined || intention.profile === name) poller.now();
				}
				return output.refresh(intention.profile);
			case 'scope':
				return changeScope(intention.scope);
			case 'keep-view':
				return keepView(intention.view);
			case 'test':
				return trying(intention.profile, test);
			case 'log-in':
				return trying(intention.profile, logIn);
			case 'enable':
				return enable(intention.profile, intention.enabled);
			case 'links':
				return tellLinks(intention.ref);
			case 'interval':
				return changeIntervals(intention.to);
			case 'remember-command':
				return remember(intention.line);
			case 'export':
				return exportOne(intention.batch);
			case 'stop':
				return void stop();
		}
	};

	/** The batches of earlier runs; none, with a word, where their folder cannot be read or trusted. */
	const knownNumbers = (): readonly number[] => {
		try {
			return batchNumbers(options.stateDirectory);
		} catch (error) {
			notice('error', `earlier batches cannot be read: ${errorWords(error as Error)}`);
			return [];
		}
	};

	/** Tells of the batches that were over before jobtop started. */
	const tellEarlier = (numbers: readonly number[]) => {
		const batches: BatchSummary[] = [];
		for (const number of [...numbers].reverse()) {
			if (batches.length >= mostEarlier) break;
			try {
				const batch = readBatch(options.stateDirectory, number);
				if (batch?.finished) batches.push(summaryOf(batch));
			} catch {
				// One that cannot be read is told of when somebody asks for it.
			}
		}
		if (batches.length > 0) report([{type: 'earlier', batches}]);
	};

	/** What keeps an unfinished batch from being taken up without being asked for; undefined where nothing does. */
	const whyLeft = (batch: JournalledBatch): Omit<WaitingBatch, 'number'> | undefined => {
		const {number, askedAt} = batch;
		const age = clock.now() - askedAt;
		// What was asked at a time that is yet to come may be of any age.
		if (Math.abs(age) <= freshMs) return undefined;
		const days = Math.floor(Math.abs(age) / freshMs);
		const since = age < 0 ? `is unfinished and dated ${days} d ahead` : `has been unfinished for ${days} d`;
		const text = `batch ${number} ${since}: jobtop batches resume ${number} goes on with it`;
		return {needsYou: true, text};
	};

	/** Takes a batch up; gives why it waits where it does. */
	const takeUp = async (number: number): Promise<Omit<WaitingBatch, 'number'> | undefined> => {
		const batch = readBatch(options.stateDirectory, number);
		if (batch?.finished !== false) return undefined;
		const left = whyLeft(batch);
		if (left) return left;
		if (await runner.resume(number, {whole: true})) notice('info', `batch ${number} is taken up again`);
		return undefined;
	};

	const resumeUnfinished = async (numbers: readonly number[]) => {
		const waiting: WaitingBatch[] = [];
		for (const number of numbers) {
			const left = await takeUp(number).catch((error: Error) => whyHeld(number, error));
			if (!left) continue;
			waiting.push({number, ...left});
			notice(left.needsYou ? 'warning' : 'info', left.text);
		}
		if (waiting.length > 0) report([{type: 'waiting', batches: waiting}]);
	};

	const whyHeld = (number: number, error: Error): Omit<WaitingBatch, 'number'> => {
		const how = `jobtop batches resume ${number}`;
		if (error instanceof BatchWaitsError) {
			const {elsewhere, unproven} = error.hindrances;
			const needsYou = elsewhere.size === 0 && unproven.length > 0;
			return {needsYou, text: needsYou ? `${error.message}: ${how}` : error.message};
		}
		if (error instanceof BatchHeldError) {
			const remedy = error.elsewhere ? `; if it is dead: ${how} --take-over` : '';
			return {needsYou: false, text: `${error.message}${remedy}`};
		}
		return {needsYou: true, text: `batch ${number} cannot be taken up: ${error.message}`};
	};

	const stop = async () => {
		if (stopping.signal.aborted) return;
		stopping.abort(new Error('jobtop stops'));
		for (const {poller} of profiles.values()) poller.stop();
		changedRows.stop();
		await runner.stop();
		await audit.flush();
		await latencies.close();
		await Promise.allSettled(options.connections.map(({backend}) => backend.close?.()));
		report([{type: 'stopped'}]);
	};

	return {
		start() {
			report([
				{
					type: 'hello',
					profiles: options.connections.map(connection => ({
						...infoOf(connection),
						...(options.protect?.includes(connection.profile) && {protect: true as const}),
					})),
					scope,
					dismissed: [...dismissals.hidden.keys()],
					readOnly: options.readOnly ?? false,
					lookedFor: options.lookedFor ?? [],
					settings: options.settings ?? usualSettings,
					...(options.unchecked && {unchecked: true}),
					view: readView(options.stateDirectory),
				},
			]);
			report([{type: 'history', lines: typed}]);
			if (options.limited !== undefined) notice('info', options.limited);
			if (options.unchecked) notice('warning', uncheckedWords);
			for (const [name, {poller}] of profiles) {
				tellLatency(name);
				poller.now();
			}
			// Known before it is needed: a system that hangs does not tell which it is.
			void systemsOf([...connections.values()], clock, stopping.signal);
			const numbers = knownNumbers();
			tellEarlier(numbers);
			void resumeUnfinished(numbers);
		},
		handle,
		cancel,
		resume: runner.resume,
		leave: runner.leave,
		stop,
	};
};

const infoOf = ({profile, traits, backend, readOnly, reach}: Connection): ProfileInfo => ({
	name: profile,
	backend: traits.kind,
	title: traits.title,
	can: {
		inspect: backend.get !== undefined,
		cancel: backend.cancel !== undefined,
		force: backend.forceCancel !== undefined,
		hide: backend.hide !== undefined,
		delete: backend.delete !== undefined,
		logs: (backend.logs ?? backend.listen) !== undefined,
		results: backend.results !== undefined,
	},
	...(readOnly && {readOnly}),
	...(reach && {address: reach.address}),
	...(reach?.credential !== undefined && {credential: reach.credential}),
	...(reach?.variable !== undefined && {variable: reach.variable}),
	consequence: traits.consequence,
	...(traits.tells.cautions && {cautions: true as const}),
	cancelIsDismiss: traits.cancelIsDismiss ?? false,
	...(traits.resultsOnSuccess && {resultsOnSuccess: true as const}),
	...(traits.deleteConsequence !== undefined && {deleteConsequence: traits.deleteConsequence}),
});

const userName = (): string => {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? 'somebody');
	}
};
