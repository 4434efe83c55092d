/*
The formats of batches of the journal.
*/

import {
	batchDocument,
	batchJson,
	cancellationJson,
	type Step,
	stepJson,
	stepsOf,
} from '../../cancellation/batch-json.ts';
import type {Holder} from '../../cancellation/journal/batch-lock.ts';
import type {JournalLine} from '../../cancellation/journal/lines.ts';
import {countsOf, damageWords, type JournalledBatch} from '../../cancellation/journal/read-batch.ts';
import {countWords} from '../../cancellation/outcome-counts.ts';
import {outcomes} from '../../cancellation/outcomes.ts';
import {systemWords} from '../../job/system.ts';
import {jobsOfTargets} from '../../job/target.ts';
import {count, duration} from '../../text/format.ts';
import {momentInBoth, type TimeZone} from '../../text/times.ts';
import {padEnd, padStart, widthOf} from '../../text/width.ts';

/** A batch, and the process that drives it. */
export type BatchFacts = {readonly batch: JournalledBatch; readonly holder?: Holder};

const countsInWords = (batch: JournalledBatch): string => {
	const open = jobsOfTargets(batch.cancellations.filter(({outcome}) => outcome === undefined));
	return [...countWords(countsOf(batch)), ...(open > 0 ? [`${open} in progress`] : [])].join(', ');
};

const stateOf = ({batch, holder}: BatchFacts): string => {
	if (batch.finished) return 'finished';
	if (batch.damage && !batch.damageKnown) return 'damaged';
	return holder ? `driven by ${driverOf(holder)}` : 'unfinished';
};

const driverOf = ({host, pid}: Holder): string => (host === '' ? 'another jobtop' : `${pid} on ${host}`);

const factsJson = ({batch, holder}: BatchFacts) => batchJson(batch, holder);

/** The systems of an unfinished batch: it can be resumed where its profiles lead to them. */
const whereOf = ({finished, systems}: JournalledBatch): string => {
	const words = finished ? [] : Object.values(systems).map(systemWords);
	return words.length === 0 ? '' : `${words.join('; ')}: `;
};

/** What is requested, where that is not to cancel. */
const operationWords = ({operation}: JournalledBatch): string =>
	operation === 'cancel' ? '' : `${operation} `;

const listTable = (facts: readonly BatchFacts[], now: number): string => {
	if (facts.length === 0) return '';
	const rows = facts.map(each => [
		String(each.batch.number),
		each.batch.damage?.targets ? '-' : `${duration(now - each.batch.askedAt)} ago`,
		each.batch.by,
		String(each.batch.cancellations.length),
		stateOf(each),
		`${operationWords(each.batch)}${whereOf(each.batch)}${countsInWords(each.batch)}${each.batch.reason ? `  (${each.batch.reason})` : ''}`,
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

/** The formats of the list of batches. */
export const batchFormats = {
	text: listTable,
	json: facts => `${JSON.stringify({version: 1, batches: facts.map(factsJson)})}\n`,
	jsonl: facts => facts.map(each => `${JSON.stringify(factsJson(each))}\n`).join(''),
} as const satisfies Record<string, (facts: readonly BatchFacts[], now: number) => string>;

export type BatchFormat = keyof typeof batchFormats;

const stepInWords = (line: Step): string => {
	switch (line.type) {
		case 'sending':
			return `sending request ${line.attempt}`;
		case 'answered':
			return [line.receipt ?? line.failure, line.detail].filter(Boolean).join(': ');
		case 'settled':
			return outcomes[line.outcome.kind].label;
		case 'ended':
			return 'seen as ended';
		case 'reopened':
			return 'alive again';
	}
};

const wholeText = (facts: BatchFacts, lines: readonly JournalLine[], zone: TimeZone): string => {
	const time = (at: number) => momentInBoth(at, undefined, zone);
	const {batch} = facts;
	const steps = stepsOf(lines);
	const jobs = batch.cancellations.map(({ref, outcome, attempts}) => {
		const story = (steps.get(ref) ?? []).map(step => `    ${time(step.at)}  ${stepInWords(step)}\n`);
		const how = outcome
			? outcomes[outcome.kind].sentence(ref, outcome, batch.operation)
			: `${ref} is in progress${attempts === 0 ? ': nothing was sent yet' : ''}`;
		return `  ${how}\n${story.join('')}`;
	});
	const resumed = lines.flatMap(line =>
		line.type === 'resumed' ? `resumed by ${line.by} at ${time(line.at)}\n` : [],
	);
	return [
		`batch ${batch.number}: ${operationWords(batch)}${count(batch.cancellations.length, 'job')}, requested by ${batch.by} at ${time(batch.askedAt)}${batch.reason ? `: ${batch.reason}` : ''}\n`,
		...resumed,
		`${stateOf(facts)}: ${countsInWords(batch)}\n`,
		...Object.entries(batch.systems).map(
			([profile, system]) => `profile ${profile} is ${systemWords(system)}\n`,
		),
		...(batch.damage ? [`${damageWords(batch.damage)}\n`] : []),
		...jobs,
	].join('');
};

/** The formats of one batch. */
export const showFormats = {
	text: wholeText,
	json: ({batch, holder}) => batchDocument(batch, {holder}),
	jsonl: ({batch}) =>
		batch.cancellations.map(each => `${JSON.stringify(cancellationJson(each, batch.askedAt))}\n`).join(''),
} as const satisfies Record<
	BatchFormat,
	(facts: BatchFacts, lines: readonly JournalLine[], zone: TimeZone) => string
>;

/** The complete journal of one batch, for other programs. */
export const exportFormats = {
	json: ({batch, holder}, lines) => batchDocument(batch, {holder, lines}),
	jsonl: (_, lines) => lines.map(line => `${JSON.stringify(stepJson(line))}\n`).join(''),
} as const satisfies Record<
	Exclude<BatchFormat, 'text'>,
	(facts: BatchFacts, lines: readonly JournalLine[]) => string
>;
