import type {Job} from '../../job/job.ts';
import type {ReversibleOperation} from '../../job/operation.ts';
import {phases} from '../../job/phase.ts';
import {keyWord} from '../../keys/words.ts';
import type {DismissBox} from '../../state/screen.ts';
import {closeOverlay, mark, openOverlay, remember, showInFull} from '../../state/transitions.ts';
import {isFoldRef} from '../../table/folding.ts';
import {type Marked, markedJobs, marksCount, meantJobs} from '../../table/marks.ts';
import {
	noJobHere,
	profileOf,
	subjectOf,
	unsettledCursor,
	whyNotCancel,
	whyNotForce,
	whyNotSuspend,
} from '../../table/subject.ts';
import {count} from '../../text/format.ts';
import {askedJobOf, openCancelBox, openForceBox} from '../../view-models/cancellation/cancel-targets.ts';
import {whyNone} from '../../view-models/cancellation/next-cancel.ts';
import {stillEnded} from '../../view-models/overlays/dismiss-box.ts';
import {whyNotAnswer} from '../../view-models/overlays/open-question.ts';
import {
	type CommandContext,
	type CommandDefinition,
	type CommandQuestion,
	ignoredTogether,
} from '../command.ts';
import {askEngine, hidingWords} from '../program/acts.ts';

const subjectJob = ({state}: CommandQuestion): Job | undefined => {
	const ref = subjectOf(state);
	return ref === undefined ? undefined : state.known.jobs.byRef.get(ref);
};

/** The selected jobs, if there are several: the marked jobs, or the jobs of a shared row; not the job under the cursor. */
const several = ({state, now, oneJob}: CommandQuestion): Marked | undefined =>
	oneJob ? undefined : meantJobs(state, now);

/** Marked jobs do not depend on the cursor; a shared row does. */
const unsettled = ({state, now}: CommandQuestion): string | undefined =>
	marksCount(state) ? undefined : unsettledCursor(state, now);

/** Opens the question about this job; its target is frozen here. */
const openBox = (context: CommandContext) => {
	const {state, store, now} = context;
	const job = subjectJob(context);
	if (!job) return;
	store.change(openOverlay(openCancelBox(state, [job], now)));
	if (profileOf(state, job.ref)?.cautions) store.send({type: 'look', ref: job.ref});
};

/** The same for several jobs. */
const openBoxOfSeveral = ({state, store, now}: CommandContext, {targets, skipped, unseen}: Marked) => {
	store.change(openOverlay(openCancelBox(state, targets, now, {skipped, hidden: unseen})));
};

const whyNotDismiss = (context: CommandQuestion): string | undefined => {
	const {state, now} = context;
	const selected = several(context);
	if (selected) return unsettled(context) ?? whyNotDismissSeveral(context, selected);
	const why = unsettledCursor(state, now);
	if (why) return why;
	const job = subjectJob(context);
	if (!job) return noJobHere(state);
	const {dismissed, troubles} = state.known;
	if (job.terminal) return dismissed.has(job.ref) ? 'already dismissed' : troubles.dismissals;
	const whyNot = whyNotCancel(state, job.ref, now);
	if (profileOf(state, job.ref)?.cancelIsDismiss) return whyNot;
	return `still ${phases[job.phase].label.toLowerCase()}${whyNot ? '' : `: ${keyWord(state, 'cancel')} cancels it`}`;
};

/** The jobs to dismiss: those that have ended and are not hidden yet. */
const endedOf = ({state}: CommandQuestion, {ended}: Marked): readonly Job[] =>
	ended.filter(({ref}) => !state.known.dismissed.has(ref));

const numberOf = ({state}: CommandQuestion, {targets, skipped}: Marked): string =>
	marksCount(state) ? `${state.screen.marks.size} marked` : `${targets.length + skipped.length} in this row`;

const whyNotDismissSeveral = (question: CommandQuestion, selected: Marked): string | undefined =>
	endedOf(question, selected).length > 0
		? question.state.known.troubles.dismissals
		: `none of the ${numberOf(question, selected)} has ended; ${keyWord(question.state, 'cancel')} cancels live ones`;

/** Hides ended jobs, and removes their marks. */
const hide = ({state, store}: CommandContext, jobs: readonly Job[], staying = 0) => {
	const refs = jobs.map(({ref}) => ref);
	const [first] = refs;
	if (first === undefined) return;
	store.hide(refs, true);
	const marks = new Set(state.screen.marks);
	const unmarked = refs.filter(ref => marks.delete(ref));
	const act = {kind: 'dismiss', refs, unmarked} as const;
	store.change(mark(marks), remember(act));
	const who = jobs.length === 1 ? first : count(jobs.length, 'job');
	const left = staying > 0 ? `; ${staying} not ended stay` : '';
	const undo = `${keyWord(state, 'undo')} restores ${jobs.length === 1 ? 'it' : 'them'}`;
	const words = {before: `dismissed ${who}; ${undo}`, after: left};
	askEngine(
		store,
		{type: 'dismiss', refs},
		{
			kind: 'dismiss',
			refs,
			meanwhile: `dismissing ${who}`,
			act,
			...hidingWords(state, act.refs, true, words),
		},
	);
};

/** Dismisses one job at once, and asks before several: a slip would take all ended jobs out of sight, on their servers too. */
const askToHide = (context: CommandContext, jobs: readonly Job[], staying = 0) => {
	if (jobs.length > 1) context.store.change(openOverlay({kind: 'dismiss-box', jobs, staying}));
	else hide(context, jobs, staying);
};

const hideSeveral = (context: CommandContext, selected: Marked) => {
	const ended = endedOf(context, selected);
	askToHide(context, ended, selected.targets.length + selected.skipped.length - ended.length);
};

const boxOf = ({state}: CommandQuestion): DismissBox | undefined => {
	const {overlay} = state.screen;
	return overlay?.kind === 'dismiss-box' ? overlay : undefined;
};

const dismiss = (context: CommandContext) => {
	const selected = several(context);
	if (selected) return hideSeveral(context, selected);
	const job = subjectJob(context);
	if (!job) return;
	if (!job.terminal) return openBox(context);
	hide(context, [job]);
	const {screen} = context.store.getState();
	if (!screen.detail) return;
	// The details continue with the job that took its place.
	const {ref} = screen.cursor;
	const next = screen.pane === 'table' && ref !== undefined && !isFoldRef(ref) ? ref : undefined;
	context.store.change(showInFull(next === undefined ? undefined : {...screen.detail, ref: next, scroll: 0}));
	context.store.send({type: 'inspect', ...(next !== undefined && {ref: next})});
};

const marked = ({state, now, oneJob}: CommandQuestion): Marked | undefined =>
	!oneJob && marksCount(state) ? markedJobs(state, now) : undefined;

const endedInView = ({state: {order, known}}: CommandQuestion): readonly Job[] =>
	order.inView.map(job => known.jobs.byRef.get(job.ref) ?? job).filter(({terminal}) => terminal);

const suspendHelp = {
	suspend:
		'Suspend this job, where its system supports that: its work stops and its record stays. A box shows it first.',
	unsuspend: 'Start this suspended job again. A box shows it first.',
} as const satisfies Record<ReversibleOperation, string>;

export const cancellingCommands: readonly CommandDefinition[] = [
	{
		id: 'cancel',
		label: 'cancel',
		help: 'Cancel the marked jobs, or this job, or all jobs of this row. A box shows them first; nothing is sent before {send}.',
		footer: 2,
		unavailable(question) {
			const {state, now} = question;
			const selected = several(question);
			if (selected) return unsettled(question) ?? whyNone(selected);
			return unsettledCursor(state, now) ?? whyNotCancel(state, subjectOf(state), now);
		},
		run(context) {
			const selected = several(context);
			if (selected) openBoxOfSeveral(context, selected);
			else openBox(context);
		},
	},
	{
		id: 'force',
		label: 'force',
		help: 'Force-cancel a job that is still alive after its cancellation, where its system supports that; you type the word force.',
		unavailable: ({state, now}) => unsettledCursor(state, now) ?? whyNotForce(state, subjectOf(state)),
		run(context) {
			const {state, store, now} = context;
			const ref = subjectOf(state);
			const job = subjectJob(context) ?? (ref && askedJobOf(state, ref));
			if (job) store.change(openOverlay(openForceBox(state, [job], now)));
		},
	},
	...(['suspend', 'unsuspend'] as const).map(
		(operation): CommandDefinition => ({
			id: `${operation}-job`,
			label: operation,
			help: suspendHelp[operation],
			unavailable: ({state, now}) =>
				unsettledCursor(state, now) ?? whyNotSuspend(state, subjectOf(state), operation),
			run(context) {
				const {state, store, now} = context;
				const job = subjectJob(context);
				if (job) store.change(openOverlay(openCancelBox(state, [job], now, {operation})));
			},
		}),
	),
	{
		id: 'dismiss',
		label: 'dismiss',
		help: 'Hide the marked jobs that have ended, or this ended job; also on a Tapis server, where that can be undone. On a live job whose system calls cancelling dismiss, cancel it.',
		footer: 4,
		unavailable: whyNotDismiss,
		run: dismiss,
	},
	{
		id: 'dismiss-ended',
		label: 'dismiss all ended',
		help: 'Hide every ended job in view, or every marked job that has ended.',
		unavailable(question) {
			const selected = marked(question);
			if (selected) return whyNotDismissSeveral(question, selected);
			return endedInView(question).length > 0
				? question.state.known.troubles.dismissals
				: 'no job in view has ended';
		},
		run(context) {
			const selected = marked(context);
			if (selected) hideSeveral(context, selected);
			else askToHide(context, endedInView(context));
		},
	},
	{
		id: 'send-dismissal',
		label: 'dismiss',
		help: 'Dismiss exactly the jobs of the box.',
		footer: 1,
		unavailable(question) {
			const box = boxOf(question);
			if (question.together) return ignoredTogether;
			if (!box || stillEnded(question.state, box).length === 0)
				return 'none of them is dismissed: they have changed';
			return whyNotAnswer(question.state, question.now);
		},
		run(context) {
			const box = boxOf(context);
			if (!box) return;
			context.store.change(closeOverlay);
			hide(context, stillEnded(context.state, box), box.staying);
		},
	},
];
