/*
How batches of the journal are written.
*/
import type {Holder} from '../cancellation/batch-lock.ts';
import type {JournalLine} from '../cancellation/journal.ts';
import {outcomes} from '../cancellation/outcomes.ts';
import type {JournalledBatch, JournalledCancellation} from '../cancellation/read-batch.ts';
import type {Ref} from '../job/ref.ts';
import {count, duration} from '../view-models/format.ts';
import {padEnd, padStart, widthOf} from '../view-models/text.ts';
import type {BatchFacts} from './batches.ts';
import {type CancelResult, countOutcomes, resultJson, sentenceOf} from './cancel-results.ts';
import {isoTime} from './job-json.ts';

const resultOf = (
	{ref, outcome, phase, status, attempts, acceptedAt, settledAt}: JournalledCancellation,
	askedAt: number,
): CancelResult => ({
	ref,
	...(outcome && {outcome}),
	phase: outcome?.phase ?? phase,
	status,
	attempts,
	...(acceptedAt !== undefined && {acceptedMs: acceptedAt - askedAt}),
	...(settledAt !== undefined && {settledMs: settledAt - askedAt}),
});

const resultsOf = ({cancellations, askedAt}: JournalledBatch): readonly CancelResult[] =>
	cancellations.map(each => resultOf(each, askedAt));

const openIn = ({cancellations}: JournalledBatch): number =>
	cancellations.filter(({outcome}) => outcome === undefined).length;

const countsInWords = (batch: JournalledBatch): string => {
	const counts = Object.entries(countOutcomes(resultsOf(batch))).map(
		([kind, number]) => `${number} ${outcomes[kind as keyof typeof outcomes].label}`,
	);
	const open = openIn(batch);
	return [...counts, ...(open > 0 ? [`${open} on the way`] : [])].join(', ');
};

const stateOf = ({batch, holder}: BatchFacts): string => {
	if (batch.finished) return 'finished';
	return holder ? `driven by ${driverOf(holder)}` : 'unfinished';
};

const driverOf = ({host, pid}: Holder): string => (host === '' ? 'another jobtop' : `${pid} on ${host}`);

const headJson = ({batch, holder}: BatchFacts) => ({
	batch: batch.number,
	askedAt: isoTime(batch.askedAt),
	by: batch.by,
	reason: batch.reason,
	jobs: batch.cancellations.length,
	finished: batch.finished,
	driver: holder && {host: holder.host, pid: holder.pid},
	open: openIn(batch),
	counts: countOutcomes(resultsOf(batch)),
});

const listTable = (facts: readonly BatchFacts[], now: number): string => {
	if (facts.length === 0) return '';
	const rows = facts.map(each => [
		String(each.batch.number),
		`${duration(now - each.batch.askedAt)} ago`,
		each.batch.by,
		String(each.batch.cancellations.length),
		stateOf(each),
		`${countsInWords(each.batch)}${each.batch.reason ? `  (${each.batch.reason})` : ''}`,
	]);
	const titles = ['BATCH', 'ASKED', 'BY', 'JOBS', 'STATE', 'OUTCOMES'];
	const right = new Set([0, 3]);
	const widths = titles.map((title, index) =>
		rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), title.length),
	);
	return [titles, ...rows]
		.map(row =>
			row
				.map((cell, index) => (right.has(index) ? padStart : padEnd)(cell, widths[index] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.map(line => `${line}\n`)
		.join('');
};

/** How batches are listed. */
export const batchFormats = {
	text: listTable,
	json: facts => `${JSON.stringify({version: 1, batches: facts.map(headJson)})}\n`,
	jsonl: facts => facts.map(each => `${JSON.stringify(headJson(each))}\n`).join(''),
} as const satisfies Record<string, (facts: readonly BatchFacts[], now: number) => string>;

export type BatchFormat = keyof typeof batchFormats;

type Step = Exclude<JournalLine, {type: 'batch' | 'resumed'}>;

const stepsOf = (lines: readonly JournalLine[]): ReadonlyMap<Ref, readonly Step[]> =>
	Map.groupBy(
		lines.filter((line): line is Step => 'ref' in line),
		({ref}) => ref,
	);

const stepJson = (line: JournalLine) => {
	const {at, type, ...rest} = line;
	return {at: isoTime(at), step: type, ...rest};
};

const stepInWords = (line: Step): string => {
	switch (line.type) {
		case 'sending':
			return `request ${line.attempt} leaves`;
		case 'answered':
			return [line.receipt ?? line.failure, line.detail].filter(Boolean).join(': ');
		case 'settled':
			return outcomes[line.outcome.kind].label;
		case 'reopened':
			return 'it is alive again';
	}
};

const wholeText = (facts: BatchFacts, lines: readonly JournalLine[]): string => {
	const {batch} = facts;
	const steps = stepsOf(lines);
	const jobs = resultsOf(batch).map(result => {
		const story = (steps.get(result.ref as Ref) ?? []).map(
			step => `    ${isoTime(step.at)}  ${stepInWords(step)}\n`,
		);
		const how = result.outcome
			? sentenceOf(result)
			: `${result.ref} is on the way${result.attempts === 0 ? ': nothing had been sent' : ''}`;
		return `  ${how}\n${story.join('')}`;
	});
	const resumed = lines.flatMap(line =>
		line.type === 'resumed' ? `taken up by ${line.by} at ${isoTime(line.at)}\n` : [],
	);
	return [
		`batch ${batch.number}: ${count(batch.cancellations.length, 'job')}, asked by ${batch.by} at ${isoTime(batch.askedAt)}${batch.reason ? `: ${batch.reason}` : ''}\n`,
		...resumed,
		`${stateOf(facts)}: ${countsInWords(batch)}\n`,
		...jobs,
	].join('');
};

const documentOf = (facts: BatchFacts) => ({
	version: 1,
	...headJson(facts),
	results: resultsOf(facts.batch).map(resultJson),
});

/** How one batch is told. */
export const showFormats = {
	text: wholeText,
	json: facts => `${JSON.stringify(documentOf(facts))}\n`,
	jsonl: facts =>
		resultsOf(facts.batch)
			.map(each => `${JSON.stringify(resultJson(each))}\n`)
			.join(''),
} as const satisfies Record<BatchFormat, (facts: BatchFacts, lines: readonly JournalLine[]) => string>;

/** All that the journal holds of one batch, for other programs. */
export const exportFormats = {
	json(facts, lines) {
		const steps = stepsOf(lines);
		const document = documentOf(facts);
		return `${JSON.stringify({
			...document,
			results: document.results.map((result, index) => {
				const {ref, name} = facts.batch.cancellations[index] as JournalledCancellation;
				return {...result, name, steps: (steps.get(ref) ?? []).map(stepJson)};
			}),
		})}\n`;
	},
	jsonl: (_, lines) => lines.map(line => `${JSON.stringify(stepJson(line))}\n`).join(''),
} as const satisfies Record<
	Exclude<BatchFormat, 'text'>,
	(facts: BatchFacts, lines: readonly JournalLine[]) => string
>;
