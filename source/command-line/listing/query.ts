import {backendKinds, backends} from '../../backends/index.ts';
import type {OutcomeKind} from '../../cancellation/outcomes.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {systemClock} from '../../process/clock.ts';
import {queryFields, readQuery as read} from '../../table/query.ts';
import {outcomeWords, problemOfValues, stateWords} from '../../table/query-values.ts';
import {didYouMean} from '../../text/nearest.ts';
import {knownBatches, readKnownBatch} from '../batches/known-batches.ts';
import {CommandError} from '../output/command-error.ts';

/** What a query needs to know about a session. */
type Place = {
	readonly stateDirectory: string;
	readonly profiles: readonly {readonly name: string}[];
};

const allStatuses = (): readonly string[] =>
	backendKinds.flatMap(kind => Object.keys(backends[kind].traits.statuses));

const atPlace = (text: string, at: number): string => `at character ${at + 1}, ${text.slice(at, at + 40)}`;

/** Reads a query. Throws a `CommandError` that points at the mistake. */
export const readQuery = (text: string): ((place: Place) => (job: Job) => boolean) => {
	const {matches, problem, asks, values} = read(text);
	if (problem) {
		const {at, words, field} = problem;
		const hint =
			field === undefined
				? ''
				: ` here; ${didYouMean(field, queryFields)} (quote a word to search for it literally)`;
		throw new CommandError(`the query cannot be read ${atPlace(text, at)}: ${words}${hint}`);
	}
	const check = (allowed: Parameters<typeof problemOfValues>[1]) => {
		const wrong = problemOfValues(values, allowed);
		if (wrong)
			throw new CommandError(`the query can match no job ${atPlace(text, wrong.at)}: ${wrong.words}`);
	};
	check({state: [...stateWords, ...allStatuses()], outcome: outcomeWords, backend: backendKinds});
	if (!matches) return () => () => true;
	return ({stateDirectory, profiles}) => {
		check({profile: profiles.map(({name}) => name)});
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
