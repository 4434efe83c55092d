import type {OutcomeKind} from '../../cancellation/outcomes.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {systemClock} from '../../process/clock.ts';
import {queryFields, readQuery as read} from '../../table/query.ts';
import {didYouMean} from '../../text/nearest.ts';
import {knownBatches, readKnownBatch} from '../batches/known-batches.ts';
import {CommandError} from '../output/command-error.ts';

/** What a query needs to know about a session. */
type Place = {readonly stateDirectory: string};

/** Reads a query. Throws a `CommandError` that points at the mistake. */
export const readQuery = (text: string): ((place: Place) => (job: Job) => boolean) => {
	const {matches, problem, asks} = read(text);
	if (problem) {
		const {at, words, field} = problem;
		const hint =
			field === undefined
				? ''
				: ` here; ${didYouMean(field, queryFields)} (quote a word to search for it literally)`;
		throw new CommandError(
			`the query cannot be read at character ${at + 1}, ${text.slice(at, at + 40)}: ${words}${hint}`,
		);
	}
	if (!matches) return () => () => true;
	return ({stateDirectory}) => {
		const outcomes = asks.outcome ? outcomesIn(stateDirectory) : new Map<Ref, OutcomeKind>();
		const facts = {now: systemClock.now(), outcomeOf: (ref: Ref) => outcomes.get(ref)};
		return job => matches(job, facts);
	};
};

/** The outcome of the latest cancellation of each job, from the journals. */
const outcomesIn = (stateDirectory: string): ReadonlyMap<Ref, OutcomeKind> => {
	const outcomes = new Map<Ref, OutcomeKind>();
	for (const number of knownBatches(stateDirectory)) {
		for (const {ref, outcome} of readKnownBatch(stateDirectory, number)?.cancellations ?? []) {
			if (outcome) outcomes.set(ref, outcome.kind);
			else outcomes.delete(ref);
		}
	}
	return outcomes;
};
