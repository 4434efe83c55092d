/*
Commands as typed lines, without keys. A line can do nothing that a key cannot: it has the same checks, and an action that cannot be undone asks the same question first.
*/

import type {Job} from '../../job/job.ts';
import {type Operation, participles} from '../../job/operation.ts';
import type {CancelBox, Skipped} from '../../state/screen.ts';
import {closeOverlay, openOverlay, showInFull, touch} from '../../state/transitions.ts';
import {cancellationSentence, isBeingCancelled, isOnItsWay} from '../../table/cancellation-words.ts';
import {filterWords, isListedBy, outcomeFilters} from '../../table/outcome-filter.ts';
import {askedPoll} from '../../table/polls.ts';
import {partHint, problemWords, readQuery} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import {runNumbers} from '../../table/runs.ts';
import {whyNotCancel, whyNotSuspend} from '../../table/subject.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {count} from '../../text/format.ts';
import {didYouMean} from '../../text/nearest.ts';
import {
	isTyped,
	onlyMine,
	openCancelBox,
	whyNotOnlyMine,
} from '../../view-models/cancellation/cancel-targets.ts';
import {earlierLines} from '../../view-models/cancellation/cancellations-pane.ts';
import {stagedBatch} from '../../view-models/cancellation/next-cancel.ts';
import {detailLines} from '../../view-models/detail/detail.ts';
import {jobsInView, listSentences, namedJob} from '../../view-models/spoken/jobs.ts';
import {
	answerSentence,
	glyphsFor,
	onlyMineLine,
	sentSentence,
	wordsOf,
} from '../../view-models/spoken/question.ts';
import type {CommandContext} from '../command.ts';

export type LineContext = Omit<CommandContext, 'key' | 'times' | 'together' | 'oneJob' | 'argument'> & {
	readonly ascii: boolean;
};

type TypedLine = {
	readonly name: string;
	readonly argument?: string;
	readonly help: string;
	/** Runs the command, and returns the immediate answer. */
	readonly run: (context: LineContext, argument: string) => readonly string[];
};

/** The typed jobs: the whole text if it names one, else each word. */
const namedJobs = (context: LineContext, argument: string): readonly (Job | string)[] => {
	const whole = namedJob(context.state, argument);
	if (typeof whole !== 'string') return [whole];
	return [...new Set(argument.split(/\s+/))].map(word => namedJob(context.state, word));
};

/** Opens the question. If one word of the line names no job, no question opens: the whole line may be wrong. */
const openQuestion = (
	context: LineContext,
	argument: string,
	operation: Operation = 'cancel',
): readonly string[] => {
	const {state, store, now} = context;
	if (argument === '') return [`name a job: ${operation} REF`];
	const named = namedJobs(context, argument);
	const unknown = named.filter(each => typeof each === 'string');
	if (unknown.length > 0) return [...unknown, 'nothing was sent'];
	const jobs = named.filter(each => typeof each !== 'string');
	const skipped = jobs.flatMap(({ref}): Skipped[] => {
		const why = operation === 'cancel' ? whyNotCancel(state, ref, now) : whyNotSuspend(state, ref, operation);
		return why === undefined ? [] : [{ref, why}];
	});
	const left = new Set(skipped.map(({ref}) => ref));
	const targets = jobs.filter(({ref}) => !left.has(ref));
	if (targets.length === 0) return skipped.map(({ref, why}) => `${ref}: ${why}`);
	const inView = new Set(state.order.inView.map(({ref}) => ref));
	const hidden = new Set(targets.map(({ref}) => ref).filter(ref => !inView.has(ref)));
	store.change(openOverlay(openCancelBox(state, targets, now, {skipped, hidden, operation})));
	return [];
};

const list = ({state, now}: LineContext, text: string): readonly string[] => {
	if (text === '') return listSentences(state, now);
	const {matches} = readQuery(text);
	const problem = queryProblem(text, state.known);
	if (problem) return [`${text}: ${problemWords(problem)}`];
	const {cancellations} = state.known;
	const facts = {
		now,
		outcomeOf: (ref: Job['ref']) => cancellations.get(ref)?.outcome?.kind,
		isCancelling: (ref: Job['ref']) => isBeingCancelled(cancellations.get(ref)),
	};
	const matching = jobsInView(state).filter(job => matches?.(job, facts) ?? true);
	const hint = matching.length === 0 ? partHint(text) : undefined;
	return [...listSentences(state, now, matching, text), ...(hint === undefined ? [] : [hint])];
};

/** Requests the details of one job; `detailSentences` prints them once they arrive. */
const show = (context: LineContext, argument: string): readonly string[] => {
	if (argument === '') return ['name a job: show REF'];
	const job = namedJob(context.state, argument);
	if (typeof job === 'string') return [job];
	context.store.send({type: 'inspect', ref: job.ref});
	context.store.change(touch(context.now), showInFull({ref: job.ref, tab: 'summary', scroll: 0}));
	return [];
};

/** The details requested with `show`; nothing until they arrive. */
export const detailSentences = ({state, now, ascii}: Pick<LineContext, 'state' | 'now' | 'ascii'>) => {
	const {detail, keyAt = 0} = state.screen;
	const inspected = state.known.detail;
	// Details from before the request may be old.
	if (!detail || inspected?.ref !== detail.ref || inspected.at < keyAt) return [];
	const {failure} = inspected;
	// The first two lines are the head on the screen: the job, and the names of the tabs.
	const {lines} = detailLines(state, {
		width: 200,
		height: 1000,
		glyphs: glyphsFor(ascii),
		now,
		zone: zoneOf(state),
	});
	return [
		detail.ref,
		...lines
			.slice(2)
			.map(wordsOf)
			.filter(Boolean)
			.map(text => `  ${text}`),
		...(failure ? [`  some details are missing: ${failure.detail}`] : []),
	];
};

/** The cancellations with one outcome, of all batches. */
const batchesWith = ({state: {known, screen}}: LineContext, outcome: string): readonly string[] => {
	const reports = runNumbers(known, screen).flatMap(number => [
		...(known.reports.byBatch.get(number)?.values() ?? []),
	]);
	const filters = outcomeFilters(reports, undefined);
	const found = filters.find(({filter}) => filterWords(filter) === outcome.toLowerCase());
	if (!found) {
		const words = filters.map(({filter}) => filterWords(filter)).join(', ');
		return [`no cancellation is ${outcome}${words === '' ? '' : `; there are: ${words}`}`];
	}
	return [
		`${found.number} of ${count(reports.length, 'cancellation')}: ${filterWords(found.filter)}`,
		...reports
			.filter(isListedBy(found.filter))
			.map(report => `  ${report.ref}: ${cancellationSentence(report)}`),
	];
};

const batches = (context: LineContext, outcome: string): readonly string[] => {
	if (outcome !== '') return batchesWith(context, outcome);
	const {state, now, ascii} = context;
	const {known, screen} = state;
	const lines = runNumbers(known, screen).flatMap(number => {
		const reports = [...(known.reports.byBatch.get(number)?.values() ?? [])];
		const open = reports.filter(isOnItsWay).length;
		return [
			`batch ${number}: ${count(reports.length, 'job')}, ${open === 0 ? 'finished' : `${open} in progress`}`,
			...reports.map(report => `  ${report.ref}: ${cancellationSentence(report)}`),
		];
	});
	const page = {width: 400, height: known.earlier.length, glyphs: glyphsFor(ascii), now, zone: zoneOf(state)};
	const earlier = earlierLines(state, page).slice(1).map(wordsOf);
	const all = [...known.waiting.map(({text}) => text), ...lines, ...earlier];
	return all.length > 0 ? all : ['nothing was cancelled yet'];
};

const recall = ({state, store}: LineContext): readonly string[] => {
	const batch = stagedBatch(state);
	if (batch === undefined) return ['there is nothing to recall'];
	store.send({type: 'recall', batch});
	return [`recalling the unsent requests of batch ${batch}`];
};

const typedLines: readonly TypedLine[] = [
	{
		name: 'list',
		argument: '[QUERY]',
		help: 'list the jobs, or the jobs that match, such as list state:running age>2h',
		run: list,
	},
	{name: 'show', argument: 'REF', help: 'show the details of a job', run: show},
	{
		name: 'cancel',
		argument: 'REF...',
		help: 'cancel jobs; a question shows them first',
		run: openQuestion,
	},
	{
		name: 'suspend',
		argument: 'REF...',
		help: 'stop the work of jobs and keep their records; a question shows them first',
		run: (context, argument) => openQuestion(context, argument, 'suspend'),
	},
	{
		name: 'unsuspend',
		argument: 'REF...',
		help: 'start suspended jobs again; a question shows them first',
		run: (context, argument) => openQuestion(context, argument, 'unsuspend'),
	},
	{name: 'recall', help: 'recall what is not sent yet of the last batch', run: recall},
	{
		name: 'batches',
		argument: '[OUTCOME]',
		help: 'list all batches and their state, or the cancellations with one outcome, such as batches denied',
		run: batches,
	},
	{
		name: 'refresh',
		help: 'poll every profile now',
		run({state, store}) {
			store.send({type: 'refresh'});
			return [askedPoll(state.known).words];
		},
	},
	{
		name: 'help',
		help: 'show help',
		run: () => [
			...typedLines.map(({name, argument, help}) => `${name}${argument ? ` ${argument}` : ''}: ${help}`),
			'REF is profile/id, or an id that only one profile has',
		],
	},
	{
		name: 'quit',
		help: 'quit; the journal keeps cancellations in progress',
		run({host}) {
			host.quit('asked');
			return [];
		},
	},
];

/** Uses the line as the answer to the open question. */
const answer = (context: LineContext, box: CancelBox, text: string): readonly string[] => {
	const {state, store, commands, now} = context;
	if (!isTyped(box) && text === box.asks.text) {
		const typed = {...box, typed: text};
		store.change(openOverlay(typed));
		return [answerSentence(state, typed)];
	}
	if (text.toLowerCase() === onlyMineLine && whyNotOnlyMine(box) === undefined) {
		store.change(openOverlay(onlyMine(state, box, now)));
		return [];
	}
	if (text.toLowerCase() !== 'yes') {
		store.change(closeOverlay);
		return [`not ${participles[box.operation]}; nothing sent`];
	}
	// A key that does not answer yet is a letter of the answer; a line is not.
	if (!isTyped(box)) return [`nothing was sent: ${answerSentence(state, box)}`];
	const send = commands.find(({id}) => id === (box.asks.kind === 'name' ? 'send-typed' : 'send'));
	const pressed = {...context, key: 'enter', times: 1};
	const why = send?.unavailable?.(pressed);
	if (!send || why) {
		store.change(closeOverlay);
		return [`nothing was sent: ${why}`];
	}
	send.run(pressed);
	return [sentSentence(box)];
};

/** Runs a line. Returns the immediate answer. */
export const runLine = (context: LineContext, line: string): readonly string[] => {
	const text = line.trim();
	const {overlay} = context.state.screen;
	if (overlay?.kind === 'box') return answer(context, overlay, text);
	if (text === '') return [];
	const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
	const typed = typedLines.find(each => each.name === name.toLowerCase());
	if (!typed) {
		const names = typedLines.map(each => each.name);
		return [`there is no ${name}; ${didYouMean(name, names)}`];
	}
	return typed.run(context, argument);
};
