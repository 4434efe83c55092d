import {createAudit} from '../cancellation/audit.ts';
import {refHere} from '../cancellation/journal/earlier-names.ts';
import {systemsOf} from '../cancellation/journal/whose-batch.ts';
import type {ResumeManner} from '../cancellation/runner/resume-batch.ts';
import type {JobTarget} from '../job/target.ts';
import type {Moment} from '../job/time.ts';
import {createAttention} from './attention.ts';
import {createCancelling} from './cancelling.ts';
import type {EngineOptions} from './engine-options.ts';
import {createFaults} from './faults.ts';
import {hello} from './hello.ts';
import {createInspection} from './inspection.ts';
import {createIntentions} from './intentions.ts';
import {createJobOutput} from './job-output.ts';
import {createKeeping} from './keeping.ts';
import {createNotify} from './notify.ts';
import {openRunner} from './open-runner.ts';
import {limitAll} from './profiles/connections.ts';
import {openProfile} from './profiles/open-profile.ts';
import {createProfileActions} from './profiles/profile-actions.ts';
import {createProfiles} from './profiles/profiles.ts';
import {createSeen} from './profiles/seen.ts';
import {type Batch, type Intention, uncheckedWords} from './protocol.ts';
import {createRequestReports} from './request-reports.ts';
import {createRowReports} from './row-reports.ts';
import {takeUpBatches} from './unfinished.ts';
import {createUsualLatency} from './usual-latency.ts';
import {createHiddenRows} from './visibility/hidden-rows.ts';
import {createVisibility} from './visibility/visibility.ts';

export type Engine = {
	/** Says hello, takes up what an earlier run left unfinished, and starts to poll every profile. The command line's `cancel` works without. */
	readonly start: () => void;
	readonly handle: (intention: Intention) => void;
	/**
	Starts a batch: exactly these targets, by ref. Resolves once the journal that names them is on disk; rejects, with nothing sent, where it cannot be written.
	*/
	readonly cancel: (targets: readonly JobTarget[], reason?: string, force?: boolean) => Promise<Batch>;
	/**
	Takes up what an earlier process left unfinished; undefined where nothing is left. Rejects with a `BatchHeldError` where another process has it, and with a `BatchWaitsError` where it is of another system, or where something is not proven and nobody has `agreed`; `takeOver` breaks the lock of another host.
	*/
	readonly resume: (number: number, how?: ResumeManner) => Promise<Batch | undefined>;
	/** Nobody waits any longer: what has not left is taken back, what has is reported as it stands. */
	readonly leave: () => void;
	/** Stops polling and following, and flushes the journals. Cancellations that are not settled stay in them. */
	readonly stop: () => Promise<void>;
};

/** Builds the parts of the engine, each from those before it. Nothing is asked before it starts. */
export const createEngine = (options: EngineOptions): Engine => {
	const {clock, stateDirectory, report, readOnly = false} = options;
	const stopping = new AbortController();
	const {signal} = stopping;
	let moments = 0;
	const moment = (): Moment => ++moments;
	const notify = createNotify(clock, report);
	/** What most parts need. */
	const common = {clock, stateDirectory, moment, signal, report, notify};

	const profiles = createProfiles(options.scope);
	const requests = createRequestReports(clock, report);
	const faults = createFaults(stateDirectory, clock.now);
	const connections = limitAll(options.connections, {clock, requests, faults, profiles});
	const attention = createAttention(clock);
	const keeping = createKeeping(common);
	const hiddenRows = createHiddenRows({
		...common,
		refHere: ref => refHere(connections.values(), ref),
		rowOf: profiles.rowOf,
	});
	const rowReports = createRowReports({clock, report, beforeRows: hiddenRows.showReplacing});

	const latency = createUsualLatency({...common, connections});
	const audit = createAudit(stateDirectory, words =>
		notify('error', `the audit file cannot be written: ${words}`),
	);
	const runner = openRunner({
		...common,
		connections,
		profiles,
		park: options.park,
		audit,
		latency,
		rowReports,
	});
	const seen = createSeen({rowReports, observe: runner.observe});
	const {random} = options;
	const output = createJobOutput({
		...common,
		connections,
		...(random && {random}),
		hasEnded: ref => profiles.rowOf(ref)?.terminal ?? false,
	});
	const inspection = createInspection({...common, profiles, seen, missing: runner.missing});

	for (const connection of connections.values()) {
		const profile = openProfile(connection, {
			...common,
			...(options.intervalMs !== undefined && {intervalMs: options.intervalMs}),
			...(random && {random}),
			scope: profiles.scope,
			attention,
			cancellations: runner,
			seen,
			rowReports,
			onListed(name) {
				output.looked();
				inspection.listed(name);
			},
		});
		profiles.add(profile);
	}

	const cancelling = createCancelling({...common, runner, readOnly});
	const visibility = createVisibility({...common, profiles, readOnly, hiddenRows, rowReports, seen});
	const profileActions = createProfileActions({
		...common,
		profiles,
		attention,
		seen,
		rowReports,
		renewed: runner.renewed,
	});

	const start = () => {
		report([hello(options, {scope: profiles.scope(), dismissed: hiddenRows.refs()})]);
		report([{type: 'history', lines: keeping.commands()}]);
		if (options.limited !== undefined) notify('info', options.limited);
		if (options.unchecked) notify('warning', uncheckedWords);
		for (const {connection, poller} of profiles.all()) {
			latency.report(connection.profile);
			poller.now();
		}
		// Known before it is needed: a system that hangs does not tell which it is.
		void systemsOf([...connections.values()], clock, signal);
		void takeUpBatches({...common, resume: runner.resume});
	};

	const stop = async () => {
		if (signal.aborted) return;
		stopping.abort(new Error('jobtop stops'));
		for (const {poller} of profiles.all()) poller.stop();
		rowReports.stop();
		await runner.stop();
		await audit.flush();
		await latency.close();
		await Promise.allSettled(options.connections.map(({backend}) => backend.close?.()));
		report([{type: 'stopped'}]);
	};

	const handle = createIntentions({
		connections,
		profiles,
		attention,
		cancelling,
		runner,
		inspection,
		output,
		requests,
		visibility,
		profileActions,
		keeping,
		report,
		stop,
	});

	return {start, handle, cancel: cancelling.cancel, resume: runner.resume, leave: runner.leave, stop};
};
