import type {Job} from '../job/job.ts';
import {phases} from '../job/phase.ts';
import {askedJobOf, openCancelBox, openForceBox} from '../view-models/cancel-targets.ts';
import {count} from '../view-models/format.ts';
import {keyWord} from '../view-models/key-words.ts';
import {markedJobs, marksCount} from '../view-models/marks.ts';
import {whyNoneOfMarks} from '../view-models/next-cancel.ts';
import {
	askedThere,
	profileOf,
	subjectOf,
	unsettledCursor,
	whyNotCancel,
	whyNotForce,
} from '../view-models/subject.ts';
import {remember} from './acts.ts';
import type {Command, CommandContext, CommandQuestion} from './command.ts';

const subjectJob = ({state}: CommandQuestion): Job | undefined => {
	const ref = subjectOf(state);
	return ref === undefined ? undefined : state.known.jobs.byRef.get(ref);
};

/** Whether the marks are meant, and not the row under the cursor. */
const ofMarks = ({state, oneJob}: CommandQuestion): boolean => !oneJob && marksCount(state);

/** Opens the question about this job; its target is frozen here. */
const openBox = (context: CommandContext) => {
	const {state, store, now} = context;
	const job = subjectJob(context);
	if (job) store.change({overlay: openCancelBox(state, [job], now)});
};

/** The same about what is marked. */
const openBoxOfMarks = ({state, store, now}: CommandContext) => {
	const {targets, skipped, unseen} = markedJobs(state, now);
	store.change({overlay: openCancelBox(state, targets, now, {skipped, hidden: unseen})});
};

const whyNotDismiss = (context: CommandQuestion): string | undefined => {
	const {state, now} = context;
	if (ofMarks(context)) return whyNotDismissMarks(context);
	const unsettled = unsettledCursor(state, now);
	if (unsettled) return unsettled;
	const job = subjectJob(context);
	if (!job) return 'there is no job here';
	if (job.terminal) return state.known.dismissed.has(job.ref) ? 'it is dismissed already' : undefined;
	const whyNot = whyNotCancel(state, job.ref, now);
	if (profileOf(state, job.ref)?.cancelIsDismiss) return whyNot;
	return `still ${phases[job.phase].label.toLowerCase()}${whyNot ? '' : `: ${keyWord(state, 'cancel', 'c')} cancels it`}`;
};

/** What of the marks is dismissed: what has ended, and is not hidden yet. */
const endedMarks = ({state, now}: CommandQuestion): readonly Job[] =>
	markedJobs(state, now).ended.filter(({ref}) => !state.known.dismissed.has(ref));

const whyNotDismissMarks = (question: CommandQuestion): string | undefined =>
	endedMarks(question).length > 0
		? undefined
		: `none of the ${question.state.screen.marks.size} marked has ended; ${keyWord(question.state, 'cancel', 'c')} cancels live ones`;

/** Hides ended jobs, and takes their marks with them. */
const hide = ({state, store}: CommandContext, jobs: readonly Job[], left = '') => {
	const refs = jobs.map(({ref}) => ref);
	store.hide(refs, true);
	store.send({type: 'dismiss', refs});
	const marks = new Set(state.screen.marks);
	const unmarked = refs.filter(ref => marks.delete(ref));
	store.change({
		marks,
		...remember(state.screen, {kind: 'dismiss', refs, unmarked}),
		...(marks.size === 0 && {onlyMarked: undefined}),
		word: `dismissed ${jobs.length === 1 ? refs[0] : count(jobs.length, 'job')}; ${keyWord(state, 'undo', 'u')} brings ${jobs.length === 1 ? 'it' : 'them'} back${askedThere(state, refs)}${left}`,
	});
};

const hideMarks = (context: CommandContext) => {
	const ended = endedMarks(context);
	const left = context.state.screen.marks.size - ended.length;
	hide(context, ended, left > 0 ? `; ${left} marked and not ended stay` : '');
};

const dismiss = (context: CommandContext) => {
	if (ofMarks(context)) return hideMarks(context);
	const job = subjectJob(context);
	if (!job) return;
	if (!job.terminal) return openBox(context);
	hide(context, [job]);
	const {screen} = context.store.getState();
	if (!screen.detail) return;
	// The detail goes on to the job that took its place.
	const next = screen.pane === 'table' ? screen.cursor.ref : undefined;
	context.store.change({detail: next === undefined ? undefined : {...screen.detail, ref: next, scroll: 0}});
	context.store.send({type: 'inspect', ...(next !== undefined && {ref: next})});
};

const endedInView = ({state: {order, known}}: CommandQuestion): readonly Job[] =>
	order.inView.map(job => known.jobs.byRef.get(job.ref) ?? job).filter(({terminal}) => terminal);

export const cancellingCommands: readonly Command[] = [
	{
		id: 'cancel',
		scopes: ['table', 'detail', 'cancellations'],
		keys: ['c'],
		weight: 'asks',
		label: 'cancel',
		help: 'Cancel the marked jobs, or this one where none is marked; a box names them first, and nothing is sent before y.',
		footer: 2,
		action: 4,
		unavailable(question) {
			const {state, now} = question;
			// What is marked does not depend on the cursor.
			if (ofMarks(question)) return whyNoneOfMarks(state, now);
			return unsettledCursor(state, now) ?? whyNotCancel(state, subjectOf(state), now);
		},
		run: context => (ofMarks(context) ? openBoxOfMarks(context) : openBox(context)),
	},
	{
		id: 'force',
		scopes: ['table', 'detail', 'cancellations'],
		keys: ['X'],
		weight: 'asks',
		label: 'force',
		help: 'Ask again with the stronger means of its system, where it has some, for a job that goes on after its cancel; the word force has to be typed.',
		action: 5,
		unavailable: ({state, now}) => unsettledCursor(state, now) ?? whyNotForce(state, subjectOf(state)),
		run(context) {
			const {state, store, now} = context;
			const ref = subjectOf(state);
			const job = subjectJob(context) ?? (ref && askedJobOf(state, ref));
			if (job) store.change({overlay: openForceBox(state, [job], now)});
		},
	},
	{
		id: 'dismiss',
		scopes: ['table', 'detail'],
		keys: ['d'],
		weight: 'asks',
		label: 'dismiss',
		help: 'Hide the marked jobs that have ended, or this ended job, on its server too where that can be undone (Tapis). Where a system calls cancelling dismiss, on a live job as c.',
		footer: 4,
		action: 6,
		unavailable: whyNotDismiss,
		run: dismiss,
	},
	{
		id: 'dismiss-ended',
		scopes: ['table'],
		keys: ['D'],
		weight: 'asks',
		label: 'dismiss all ended',
		help: 'Hide every ended job in view, or of the marked ones where there are marks.',
		unavailable(question) {
			if (ofMarks(question)) return whyNotDismissMarks(question);
			return endedInView(question).length > 0 ? undefined : 'no job in view has ended';
		},
		run: context => (ofMarks(context) ? hideMarks(context) : hide(context, endedInView(context))),
	},
];
