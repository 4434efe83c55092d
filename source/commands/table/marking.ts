import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import {
	closeOverlay,
	filterBy,
	forgetLastAct,
	mark,
	narrowTo,
	openOverlay,
	putCursor,
	rememberAllMarked,
	say,
	showOnlyMarked,
	startRange,
} from '../../state/transitions.ts';
import {moveCursor} from '../../table/cursor.ts';
import {refsOf} from '../../table/folding.ts';
import {queryFacts} from '../../table/order.ts';
import {problemWords, readQuery} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import {unsettledCursor} from '../../table/subject.ts';
import {count} from '../../text/format.ts';
import {stagedBatch} from '../../view-models/cancellation/next-cancel.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {aboutCancellations, askEngine, closeRange, hidingWords, setMarks} from '../program/acts.ts';
import {rememberQuery} from './finding.ts';

const noneHere = ({state: {order}}: CommandQuestion): string | undefined =>
	order.inView.length > 0 ? undefined : 'there is no job in view';

/** A row that just moved under the cursor by itself is not the one that the user chose. */
const whyNotMark = ({state, now}: CommandQuestion): string | undefined =>
	unsettledCursor(state, now) ?? (state.screen.cursor.ref === undefined ? 'there is no job here' : undefined);

/** Marks or unmarks the row and moves down, once for each press. A partly marked shared row becomes fully marked. */
const markHere = ({store, times}: CommandContext) => {
	const {screen, rows} = store.getState();
	const from = screen.cursor.index;
	const marks = new Set(screen.marks);
	for (const row of rows.slice(from, from + times)) {
		const refs = refsOf(row);
		const whole = refs.every(ref => marks.has(ref));
		for (const ref of refs) whole ? marks.delete(ref) : marks.add(ref);
	}
	setMarks(store, marks);
	const after = store.getState();
	// If only marked jobs are shown, an unmarked row leaves the view, and the next one moves up.
	if (after.rows === rows) store.change(putCursor(moveCursor(after.screen.cursor, rows, times)));
};

const openRange = ({store}: CommandContext) => {
	const {screen, rows} = store.getState();
	const row = rows[screen.cursor.index];
	if (row === undefined) return;
	const marks = new Set([...screen.marks, ...refsOf(row)]);
	store.change(startRange({anchor: row.ref, base: screen.marks}), mark(marks));
};

const matchesOf = ({state: {known, order, screen}, now}: CommandQuestion): readonly Job[] => {
	const text = screen.overlay?.kind === 'mark' ? screen.overlay.text : '';
	const {matches} = readQuery(text);
	const facts = queryFacts(known, now);
	const jobs = order.inView.map(job => known.jobs.byRef.get(job.ref) ?? job);
	return matches ? jobs.filter(job => matches(job, facts)) : [];
};

const undo = ({state, store}: CommandContext) => {
	const staged = stagedBatch(state);
	if (staged !== undefined) {
		store.send({type: 'recall', batch: staged});
		const text = `recalling batch ${staged}; requests already sent are followed`;
		const refs = [...(state.known.reports.byBatch.get(staged)?.keys() ?? [])];
		return store.change(say(text, aboutCancellations(state, refs, {during: 'staged', text})));
	}
	const {acts, marks} = state.screen;
	const act = acts.at(-1);
	if (!act) return;
	if (act.kind === 'filter') {
		const {filter, only} = act;
		return store.change(forgetLastAct, filterBy(filter), narrowTo(only), say('view restored'));
	}
	const [added, removed] = act.kind === 'marks' ? [act.added, act.removed] : [[], act.unmarked];
	const addedRefs = new Set<Ref>(added);
	const next = new Set([...[...marks].filter(ref => !addedRefs.has(ref)), ...removed]);
	if (act.kind === 'marks') {
		return store.change(forgetLastAct, mark(next), say(`marks restored: ${count(next.size, 'job')} marked`));
	}
	const {refs} = act;
	store.hide(refs, false);
	store.change(forgetLastAct, mark(next));
	const [first] = refs;
	if (first === undefined) return;
	const who = refs.length === 1 ? first : count(refs.length, 'job');
	const words = hidingWords(state, refs, false, {before: `${who} restored`});
	askEngine(
		store,
		{type: 'restore', refs},
		{kind: 'restore', refs, meanwhile: `restoring ${who}`, act, ...words},
	);
};

export const markingCommands: readonly CommandDefinition[] = [
	{
		id: 'mark',
		label: 'mark',
		help: 'Mark or unmark this job and move down; end an open range.',
		footer: 3,
		goesOnWithRange: true,
		unavailable: question => (question.state.screen.range ? undefined : whyNotMark(question)),
		run(context) {
			if (context.state.screen.range) closeRange(context.store);
			else markHere(context);
		},
	},
	{
		id: 'mark-range',
		label: 'range',
		help: 'Mark every job that the cursor moves over, until {mark}, {widen} or {mark-range} ends it.',
		goesOnWithRange: true,
		unavailable: question => (question.state.screen.range ? undefined : whyNotMark(question)),
		run(context) {
			if (context.state.screen.range) closeRange(context.store);
			else openRange(context);
		},
	},
	{
		id: 'mark-all',
		label: 'all',
		help: 'Mark every job in view.',
		unavailable: noneHere,
		run({store}) {
			const {screen, order} = store.getState();
			const marks = new Set(screen.marks);
			for (const {ref} of order.inView) marks.add(ref);
			setMarks(store, marks);
			store.change(rememberAllMarked(marks));
		},
	},
	{
		id: 'invert-marks',
		label: 'invert',
		help: 'Invert the marks of all jobs in view.',
		unavailable: noneHere,
		run({store}) {
			const {screen, order} = store.getState();
			const marks = new Set(screen.marks);
			for (const {ref} of order.inView) if (!marks.delete(ref)) marks.add(ref);
			setMarks(store, marks);
		},
	},
	{
		id: 'mark-by-query',
		label: 'mark matches',
		help: 'Mark the jobs in view that match a filter.',
		unavailable: noneHere,
		run: ({store}) => store.change(openOverlay({kind: 'mark', text: ''})),
	},
	{
		id: 'mark-matches',
		label: 'mark them',
		help: 'Mark every job in view that matches.',
		footer: 1,
		unavailable(question) {
			const {overlay} = question.state.screen;
			const text = overlay?.kind === 'mark' ? overlay.text : '';
			const {matches} = readQuery(text);
			const problem = queryProblem(text, question.state.known);
			if (problem) return problemWords(problem);
			if (!matches) return `type a filter, or ${keyWord(question.state, 'leave-mark')}`;
			return matchesOf(question).length === 0 ? 'no job in view matches' : undefined;
		},
		run(context) {
			const found = matchesOf(context);
			const marks = new Set(context.state.screen.marks);
			const before = marks.size;
			for (const {ref} of found) marks.add(ref);
			setMarks(context.store, marks);
			const word = `${count(found.length, 'job')} found, ${marks.size - before} newly marked`;
			const {overlay} = context.state.screen;
			context.store.change(closeOverlay, say(word));
			if (overlay?.kind === 'mark') rememberQuery(context.store, overlay.text);
		},
	},
	{
		id: 'leave-mark',
		label: 'leave',
		help: 'Go back to the table without marking anything.',
		footer: 2,
		run: ({store}) => store.change(closeOverlay),
	},
	{
		id: 'only-marked',
		label: 'only marked',
		help: 'Show only the marked jobs, regardless of the filter, or everything.',
		unavailable: ({state: {screen}}) =>
			screen.onlyMarked || screen.marks.size > 0 ? undefined : 'nothing is marked',
		run: ({state, store}) => store.change(showOnlyMarked(!state.screen.onlyMarked)),
	},
	{
		id: 'clear-marks',
		label: 'clear marks',
		help: 'Clear all marks; {undo} restores them.',
		unavailable: ({state: {screen}}) => (screen.marks.size > 0 ? undefined : 'nothing is marked'),
		run({state, store}) {
			const {size} = state.screen.marks;
			setMarks(store, new Set());
			const undone = `${keyWord(state, 'undo')} restores ${size === 1 ? 'it' : 'them'}`;
			store.change(say(`${count(size, 'mark')} cleared; ${undone}`));
		},
	},
	{
		id: 'undo',
		label: 'undo',
		help: 'Recall a staged batch; otherwise undo the last change of marks, filter or dismissed jobs.',
		unavailable({state}) {
			if (stagedBatch(state) !== undefined) return undefined;
			const act = state.screen.acts.at(-1);
			if (!act) return 'there is nothing to undo';
			return act.kind === 'dismiss' ? state.known.troubles.dismissals : undefined;
		},
		run: undo,
	},
];
