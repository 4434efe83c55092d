/*
Everything that a confirmation would send, by job or by request. Only visible lines are made: there may be 100,000.
*/

import type {DryRequest} from '../../engine/protocol.ts';
import {shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {liveJobs, liveJobsWords, setWords} from '../../table/job-count.ts';
import {phaseWord} from '../../table/phase-looks.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span} from '../../text/line.ts';
import {rememberedBy, rememberedLast} from '../../text/remembered.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, cutMiddle, hardWrap, padEnd, safeText, widthOf} from '../../text/width.ts';

export type BoxList = {
	readonly title: string;
	readonly total: number;
	readonly lineAt: (index: number) => Line;
};

export const boxList = (state: State, box: CancelBox, canvas: Canvas): BoxList =>
	box.view === 'dry-run' ? requestList(state, box, canvas) : targetList(state, box, canvas);

/** Cells of the word for a state. */
const wordCells = 10;

/** Cells of the widest ref. */
const widestRef = rememberedBy((targets: readonly JobTarget[]): number =>
	targets.reduce((widest, {ref}) => Math.max(widest, widthOf(shownRef(ref))), 0),
);

const refsOf = rememberedBy((targets: readonly JobTarget[]) => new Set(targets.map(({ref}) => ref)));

/** Narrower lists have two lines for each job, so that neither its ref nor what is special about it is cut early. */
const minOneLine = 60;

/** What is special about a target. */
const notesOf = ({known}: State, target: JobTarget, {hidden, targets}: CancelBox): string => {
	const job = known.jobs.byRef.get(target.ref);
	return [
		setWords(target, refsOf(targets)) ?? '',
		hidden.has(target.ref) ? 'not in view' : '',
		job ? (job.phase === target.phase ? '' : `now ${phaseWord(job)}`) : 'no longer listed',
		target.owner === undefined ? '' : `of ${target.owner || 'another'}`,
	]
		.filter(Boolean)
		.join(', ');
};

const targetList = (state: State, box: CancelBox, {width, glyphs}: Canvas): BoxList => {
	const {targets, skipped, operation} = box;
	const tall = width < minOneLine;
	const refs = tall ? width : Math.max(12, Math.min(widestRef(targets), 44, width - wordCells - 14));
	const refCell = (ref: string) =>
		padEnd(cutMiddle(safeText(shownRef(ref), glyphs.ascii), refs, glyphs.ellipsis), refs);
	/** The line with the ref, and what follows it there or below it. */
	const linesOf = (index: number): readonly [ref: Line, rest: Line] => {
		const target = targets[index];
		if (!target) {
			const {ref, why} = skipped[index - targets.length] ?? {ref: '', why: ''};
			return [[span(refCell(ref), 'dim')], [span(` left out: ${why}`, 'dim')]];
		}
		const notes = notesOf(state, target, box);
		const word = padEnd(cutEnd(phaseWord(target), wordCells, glyphs.ellipsis), wordCells);
		return [
			[span(refCell(target.ref), 'strong')],
			[span(` ${word} `), span(notes ? `${notes}  ` : '', 'needs-you'), span(target.name)],
		];
	};
	const total = targets.length + skipped.length;
	return {
		title:
			liveJobs(targets).jobs === 1
				? `the job to ${operation}`
				: `all ${liveJobsWords(targets)} to ${operation}`,
		total: tall ? total * 2 : total,
		lineAt(index) {
			if (!tall) return linesOf(index).flat();
			const [ref, rest] = linesOf(Math.floor(index / 2));
			return index % 2 === 0 ? ref : [span(' '), ...rest];
		},
	};
};

// Requests do not change, so they are wrapped once for a width.
const wrappedRequests = rememberedBy((requests: readonly DryRequest[]) =>
	rememberedLast((width: number, ascii: boolean): readonly string[] =>
		requests.flatMap(({profile, request}) => hardWrap(safeText(`${profile}: ${request}`, ascii), width)),
	),
);

const requestList = ({known}: State, box: CancelBox, {width, glyphs}: Canvas): BoxList => {
	const title =
		width < minOneLine ? 'what would be sent' : 'what would be sent, each after a look at the job';
	const {dryRun} = known;
	if (dryRun?.asked !== box.openedAt) return {title, total: 1, lineAt: () => [span('asking')]};
	const lines = wrappedRequests(dryRun.requests)(width, glyphs.ascii);
	return {title, total: lines.length, lineAt: index => [span(lines[index] ?? '')]};
};
