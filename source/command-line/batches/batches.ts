/*
The journal of cancellations: listing, showing, resuming and retrying batches.
*/

import {unlinkSync} from 'node:fs';
import {journalFile} from '../../cancellation/journal/batch-files.ts';
import {BatchHeldError, holderOf} from '../../cancellation/journal/batch-lock.ts';
import {profileNamed, refHere} from '../../cancellation/journal/earlier-names.ts';
import {
	damageWords,
	type JournalledBatch,
	type JournalledCancellation,
	readJournal,
} from '../../cancellation/journal/read-batch.ts';
import {
	BatchWaitsError,
	findHindrances,
	type Hindrances,
	openProfiles,
} from '../../cancellation/journal/whose-batch.ts';
import {exitCodeOf, isWorthRetrying, worstExitCode} from '../../cancellation/outcomes.ts';
import type {ConfigurationFlags} from '../../config/files.ts';
import {loadTimeZone} from '../../config/load.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {type JobTarget, jobsOfTargets} from '../../job/target.ts';
import {systemClock} from '../../process/clock.ts';
import {count, duration} from '../../text/format.ts';
import {momentInBoth} from '../../text/times.ts';
import {type AskedBefore, type CancelManner, cancel} from '../cancelling/cancel.ts';
import {type CancelResult, resultOfAnotherSystem, resultOfJournal} from '../cancelling/cancel-results.ts';
import {type PursuitOptions, printSettled, pursue} from '../cancelling/pursue.ts';
import {confirm} from '../output/asking.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import {refuseWithoutJournal} from '../output/refuse-unwritable.ts';
import type {OpenSession, Session} from '../session.ts';
import {
	type BatchFacts,
	type BatchFormat,
	batchFormats,
	exportFormats,
	showFormats,
} from './batch-formats.ts';
import {knownBatches, readKnownBatch} from './known-batches.ts';

/** Finds a batch, or throws with exit code 7. */
const factsOf = (stateDirectory: string, number: number): BatchFacts => {
	const known = knownBatches(stateDirectory);
	const batch = known.includes(number) ? readKnownBatch(stateDirectory, number) : undefined;
	if (batch === undefined) {
		const there =
			known.length === 0
				? 'there are no batches'
				: `there are ${known.at(0)} to ${known.at(-1)}: jobtop batches`;
		throw new CommandError(`there is no batch ${number} in ${stateDirectory}; ${there}`, 7);
	}
	return withHolder(stateDirectory, batch);
};

const withHolder = (stateDirectory: string, batch: JournalledBatch): BatchFacts => {
	const holder = holderOf(stateDirectory, batch.number);
	return {batch, ...(holder && {holder})};
};

export const listBatches = (stateDirectory: string, output: BatchFormat, console: Console): number => {
	const facts: BatchFacts[] = [];
	let code = 0;
	for (const number of knownBatches(stateDirectory)) {
		try {
			const batch = readKnownBatch(stateDirectory, number);
			if (!batch) {
				console.say(`jobtop: batch ${number} never began: its journal is empty`);
				continue;
			}
			facts.push(withHolder(stateDirectory, batch));
			if (batch.damage && !batch.damageKnown) {
				console.say(`jobtop: batch ${number}: ${damageWords(batch.damage)}; jobtop batches resume ${number}`);
				code = 5;
			}
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			console.say(`jobtop: ${error.message}`);
			code = 5;
		}
	}
	if (facts.length === 0 && code === 0) console.say(`jobtop: no batch in ${stateDirectory}`);
	console.data(batchFormats[output](facts.reverse(), systemClock.now()));
	return code;
};

export type ShowBatchOptions = {readonly output: BatchFormat; readonly flags: ConfigurationFlags};

export const showBatch = async (
	stateDirectory: string,
	number: number,
	{output, flags}: ShowBatchOptions,
	console: Console,
): Promise<number> => {
	const facts = factsOf(stateDirectory, number);
	const zone = await loadTimeZone({env: process.env, flags});
	console.data(showFormats[output](facts, readJournal(stateDirectory, number).lines, zone));
	return 0;
};

export const exportBatch = (
	stateDirectory: string,
	number: number,
	output: Exclude<BatchFormat, 'text'>,
	console: Console,
): number => {
	const facts = factsOf(stateDirectory, number);
	console.data(exportFormats[output](facts, readJournal(stateDirectory, number).lines));
	return 0;
};

export type PruneOptions = {readonly olderThanMs: number; readonly dryRun: boolean};

/** Removes the journals of finished batches that no process drives. The last one always stays, because it continues the numbering. */
export const pruneBatches = (
	stateDirectory: string,
	{olderThanMs, dryRun}: PruneOptions,
	console: Console,
): number => {
	const now = systemClock.now();
	let kept = 0;
	let removed = 0;
	let code = 0;
	const all = knownBatches(stateDirectory);
	if (all.length === 0) {
		console.say(`jobtop: no batch in ${stateDirectory}`);
		return 0;
	}
	for (const number of all.slice(0, -1)) {
		try {
			const {batch, holder} = factsOf(stateDirectory, number);
			const ends = batch.cancellations.map(({settledAt}) => settledAt ?? now);
			const age = now - Math.max(batch.askedAt, ...ends);
			if (!batch.finished || holder || age < olderThanMs) {
				kept++;
				continue;
			}
			if (!dryRun) unlinkSync(journalFile(stateDirectory, number));
			removed++;
			console.data(`${number}\n`);
		} catch (error) {
			console.say(`jobtop: ${(error as Error).message}`);
			kept++;
			code = 5;
		}
	}
	const word = dryRun ? 'would be removed' : 'removed';
	console.say(
		`${removed} finished ${removed === 1 ? 'batch' : 'batches'} older than ${duration(olderThanMs).replace(/(?<=\d[dhm])00[hms]$/, '')} ${word}; ${kept} kept, and the last one`,
	);
	return code;
};

export type ResumeOptions = PursuitOptions & {
	/** Break the lock of another host. */
	readonly takeOver: boolean;
	/** Resume without a question what the journal does not prove. */
	readonly yes: boolean;
	/** Profiles that are no longer configured, and whose jobs are given up. */
	readonly without: readonly string[];
	/** Ask once again for overdue jobs, where that is safe. */
	readonly asksAgain?: boolean;
};

/** Resumes what an earlier process left unfinished. It was confirmed then: jobtop asks only about what the journal does not prove. */
export const resume = async (
	number: number,
	options: ResumeOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	try {
		const {batch} = factsOf(session.stateDirectory, number);
		const {operation} = batch;
		const {connections} = session;
		// If some jobs are unknown, the batch cannot end well.
		const lost = batch.damage?.targets ? [5] : [];
		const targets = new Map(batch.cancellations.map(each => [refHere(connections, each.ref), each]));
		if (batch.finished) {
			console.say(`jobtop: batch ${number} is finished; there is nothing to resume`);
			const results = batch.cancellations.map(each => resultOfJournal(each, batch.askedAt));
			return printSettled(results, {codes: lost, options, operation, console}, number);
		}
		const still = options.without.find(name => profileNamed(connections, name));
		if (still !== undefined) {
			throw new CommandError(
				`--without gives up the jobs of a profile that is no longer configured, but ${still} is configured here; nothing was sent`,
			);
		}
		const hindrances = await hindrancesHere(batch, session, options.without);
		const left = openProfiles(batch).length;
		if (left > 0 && hindrances.elsewhere.size === left) {
			throw new CommandError(`${new BatchWaitsError(number, hindrances).message}; nothing was sent`, 5);
		}
		refuseWithoutJournal(session.stateDirectory);
		if (hindrances.unproven.length > 0) await agree(batch, hindrances, {options, console, session});
		const settled: CancelResult[] = [];
		for (const each of batch.cancellations) {
			const how = each.outcome ? undefined : hindrances.elsewhere.get(parseRef(each.ref)?.profile ?? '');
			if (how === undefined) continue;
			targets.delete(refHere(connections, each.ref));
			settled.push(resultOfAnotherSystem(each, how));
		}
		return await pursue(session, {
			begin: async engine => {
				try {
					const begun = await engine.resume(number, {
						takeOver: options.takeOver,
						// The question did not cover anything that became unproven since.
						agreed: hindrances.unproven.length > 0,
						without: options.without,
					});
					if (begun) return begun;
				} catch (error) {
					if (!(error instanceof BatchHeldError)) throw error;
					const how = error.elsewhere
						? `; if that jobtop is no longer running: jobtop batches resume ${number} --take-over`
						: '; it continues there';
					throw new Error(`${error.message}${how}`, {cause: error});
				}
				throw new Error(`batch ${number} has just finished`);
			},
			targets,
			settled,
			codes: lost,
			options,
			operation,
			asksAgain: options.asksAgain ?? false,
			console,
		});
	} finally {
		await session.close();
	}
};

const hindrancesHere = (
	batch: JournalledBatch,
	{connections}: Pick<Session, 'connections'>,
	without: readonly string[] = [],
): Promise<Hindrances> =>
	findHindrances(batch, {connections, clock: systemClock, signal: new AbortController().signal, without});

/** Shows what is left of a batch and what is unproven, and asks; throws with exit code 3 unless the user agrees. */
const agree = async (
	batch: JournalledBatch,
	{unproven}: Hindrances,
	{options, console, session}: {options: ResumeOptions; console: Console; session: Session},
): Promise<void> => {
	const left = batch.cancellations.filter(({outcome}) => outcome === undefined);
	const origin = batch.damage?.targets
		? `the journal of batch ${batch.number} does not say who requested it and when`
		: `batch ${batch.number} was requested by ${batch.by} at ${momentInBoth(batch.askedAt, undefined, session.configuration?.settings.timeZone ?? 'local')}`;
	console.say(`${origin}; ${count(left.length, 'job')} left:`);
	for (const {ref, name} of left) console.say(`  ${ref}  ${name}`);
	for (const sentence of unproven) console.say(`jobtop: ${sentence}`);
	await confirm(console, session, {
		profiles: [],
		yes: options.yes,
		protected: [],
		mayAsk: true,
		question: 'resume it? [y/N] ',
	});
};

const worstOf = ({cancellations}: JournalledBatch): number =>
	worstExitCode(cancellations.flatMap(({outcome}) => (outcome ? exitCodeOf(outcome) : [])));

/** Retries the jobs of a batch that may still be alive: a new batch, with a new confirmation; an unfinished batch is resumed. */
export const retry = async (
	number: number,
	options: CancelManner,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const probe = await open();
	try {
		const {batch} = factsOf(probe.stateDirectory, number);
		const {operation} = batch;
		if (options.force && operation !== 'cancel') {
			throw new CommandError(`batch ${number} does not cancel, so --force is not possible; nothing was sent`);
		}
		const openOnes = batch.cancellations.filter(({outcome}) => outcome === undefined);
		if (openOnes.length > 0) return await retryUnfinished({batch, openOnes}, options, console, probe);
		const again = batch.cancellations.filter(({outcome}) => outcome && isWorthRetrying(outcome));
		const refs = again.map(({ref}) => ref);
		const others = batch.cancellations.filter(({outcome}) => outcome?.notYours);
		if (others.length > 0) console.say(`jobtop: ${count(others.length, 'job')} left out: denied, not yours`);
		if (refs.length === 0) {
			console.say(`jobtop: nothing of batch ${number} needs a retry`);
			return printSettled([], {codes: [worstOf(batch)], options, operation, console});
		}
		const reason = options.reason ?? batch.reason;
		const before = await askedBefore(batch, again, probe);
		return await cancel(
			{...options, operation, before, refs, ...(reason !== undefined && {reason})},
			console,
			() => Promise.resolve({...probe, close: async () => undefined}),
		);
	} finally {
		await probe.close();
	}
};

/** The option that an unfinished batch cannot have: a job is asked for again only once it is overdue, and the journal has the reason already. */
const refusedOption = ({force, reason, waitFor}: CancelManner): string | undefined => {
	if (force) return '--force';
	if (reason !== undefined) return '--reason';
	return waitFor === 'terminal' ? undefined : `--wait ${waitFor}`;
};

/** Resumes an unfinished batch and asks once again for its overdue jobs, where that is safe, as on the screen. */
const retryUnfinished = async (
	{batch, openOnes}: {batch: JournalledBatch; openOnes: readonly JournalledCancellation[]},
	options: CancelManner,
	console: Console,
	session: Session,
): Promise<number> => {
	const {number} = batch;
	const open = jobsOfTargets(openOnes);
	const refused = refusedOption(options);
	if (refused !== undefined) {
		throw new CommandError(
			`batch ${number} is not finished (${open} in progress), so ${refused} is not possible: jobtop batches resume ${number}; nothing was sent`,
			5,
		);
	}
	console.say(`batch ${number} is not finished; ${count(open, 'job')} in progress:`);
	for (const {ref, name} of openOnes) console.say(`  ${ref}  ${name}`);
	console.say(
		'jobtop resumes it; it looks at each job that is overdue, and asks once again where that is safe',
	);
	if (options.dryRun) {
		console.say('dry run: nothing was sent');
		return 0;
	}
	refuseWithoutJournal(session.stateDirectory);
	await confirm(console, session, {
		profiles: openOnes.flatMap(({ref}) => parseRef(ref)?.profile ?? []),
		yes: options.yes,
		protected: options.protected,
		mayAsk: true,
		question: 'resume it and ask again? [y/N] ',
	});
	const code = await resume(
		number,
		{...options, takeOver: false, without: [], asksAgain: true},
		console,
		() => Promise.resolve({...session, close: async () => undefined}),
	);
	const others = batch.cancellations.filter(({outcome}) => outcome && isWorthRetrying(outcome));
	if (others.length > 0)
		console.say(`jobtop: ${count(others.length, 'job')} did not end before: jobtop batches retry ${number}`);
	return code;
};

/** The jobs of a batch at its request, and those that belong to another system than their profile now leads to. */
const askedBefore = async (
	batch: JournalledBatch,
	again: readonly JournalledCancellation[],
	{connections}: Pick<Session, 'connections'>,
): Promise<AskedBefore> => {
	const unfinished = {...batch, cancellations: again.map(({outcome: _outcome, ...each}) => each)};
	const {elsewhere: other} = await hindrancesHere(unfinished, {connections});
	return {
		askedAt: batch.askedAt,
		targets: new Map<Ref, JobTarget>(again.map(each => [each.ref, each])),
		other,
	};
};
