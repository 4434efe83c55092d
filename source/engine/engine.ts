import {createAudit} from '../cancellation/audit.ts';
import {refHere} from '../cancellation/journal/earlier-names.ts';
import {systemsOf} from '../cancellation/journal/whose-batch.ts';
import type {RequestManner} from '../cancellation/runner/begin-batch.ts';
import type {ResumeManner} from '../cancellation/runner/resume-batch.ts';
import type {JobTarget} from '../job/target.ts';
import type {Moment} from '../job/time.ts';
import {createAttention} from './attention.ts';
import {createCancelling} from './cancelling.ts';
import type {EngineOptions} from './engine-options.ts';
import {createFaults} from './faults.ts';
import {createFileCheck} from './file-check.ts';
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
	/** Reports the hello patch, resumes unfinished batches and starts polling every profile. `cancel` on the command line does not need it. */
	readonly start: () => void;
	readonly handle: (intention: Intention) => void;
	/**
	Starts a batch of exactly these targets: it cancels them, unless another operation is requested. Resolves once its journal is on disk. Rejects, with nothing sent, if the journal cannot be written.
	*/
	readonly cancel: (targets: readonly JobTarget[], manner?: RequestManner) => Promise<Batch>;
	/**
	Resumes an unfinished batch; undefined if nothing is left. Rejects with a `BatchHeldError` if another process drives it, and with a `BatchWaitsError` if it belongs to another system, or if something is unproven and nobody has `agreed`. `takeOver` breaks the lock of another host.
	*/
	readonly resume: (number: number, how?: ResumeManner) => Promise<Batch | undefined>;
	/** Stops waiting: recalls requests that have not left, and reports the state of the others. */
	readonly leave: () => void;
	/** Stops polling and following, and flushes the journals. Unsettled cancellations stay in them. */
	readonly stop: () => Promise<void>;
};

/** Builds the parts of the engine, in order of dependency. Sends nothing before `start`. */
export const createEngine = (options: EngineOptions): Engine => {
	const {clock, stateDirectory, report, random, readOnly = false, busyMs = () => 0} = options;
	const stopping = new AbortController();
	const {signal} = stopping;
	let moments = 0;
	const moment = (): Moment => ++moments;
	const notify = createNotify(clock, report);
	const checkFiles = createFileCheck({clock, stateDirectory, signal, report, readOnly});
	/** Options that many parts share. */
	const common = {clock, stateDirectory, moment, signal, report, notify, checkFiles, busyMs};

	const profiles = createProfiles(options.scope);
	const requests = createRequestReports(clock, report);
	const faults = createFaults(stateDirectory, clock.now);
	const connections = limitAll(options.connections, {clock, requests, faults, profiles});
	const attention = createAttention(clock);
	const keeping = createKeeping({...options, ...common});
	const hiddenRows = createHiddenRows({
		...common,
		refHere: ref => refHere(connections.values(), ref),
		rowOf: profiles.rowOf,
	});
	const rowReports = createRowReports({...common, profiles, beforeRows: hiddenRows.showReplacing});

	const latency = createUsualLatency({...options, ...common, connections});
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
		checkFiles();
		if (options.limited !== undefined) notify('info', options.limited);
		if (options.unchecked) notify('warning', uncheckedWords);
		for (const {connection, poller} of profiles.all()) {
			latency.report(connection.profile);
			poller.now();
		}
		// Identify the systems early: a system that hangs later cannot identify itself.
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
