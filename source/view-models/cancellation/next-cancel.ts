import {keyWord} from '../../keys/words.ts';
import type {Fold} from '../../state/rows.ts';
import type {State} from '../../state/state.ts';
import {jobsOfRows, liveJobsWords, setWords} from '../../table/job-count.ts';
import {foldedJobs, type Marked, markedJobs, marksCount, reasonsOf} from '../../table/marks.ts';
import {foldOf, subjectOf, unsettledCursor, whyNotCancel} from '../../table/subject.ts';
import {count} from '../../text/format.ts';

/** The effect of the next `c`, or why it has none. Empty if there is nothing to say. */
export const nextCancel = (state: State, now: number): string => {
	if (marksCount(state)) return nextOfMarks(state, now);
	const fold = foldOf(state);
	if (fold) return nextOfFold(state, fold, now);
	const ref = subjectOf(state);
	if (ref === undefined) return '';
	const why = unsettledCursor(state, now) ?? whyNotCancel(state, ref, now);
	if (why) return `${ref}: ${why}`;
	const job = state.known.jobs.byRef.get(ref);
	const words = job && setWords(job);
	return `${keyWord(state, 'cancel')} cancels ${ref}${words ? ` (${words})` : ''}${job?.name ? ` ${job.name}` : ''}`;
};

const nextOfMarks = (state: State, now: number): string => {
	const marked = markedJobs(state, now);
	const {targets, skipped, unseen, profiles} = marked;
	const {marks, range} = state.screen;
	if (range)
		return `${marks.size} marked; move, then ${keyWord(state, 'mark')} or ${keyWord(state, 'widen')} ends the range`;
	const why = whyNone(marked);
	if (why) return `${marks.size} marked: ${why}`;
	const notes = [
		unseen.size > 0 ? `${unseen.size} not in view` : '',
		skipped.length > 0 ? `${skipped.length} skipped` : '',
	].filter(Boolean);
	const where = profiles.length > 1 ? `in ${profiles.length} profiles` : `on ${profiles[0]}`;
	return `${marks.size} marked -> ${keyWord(state, 'cancel')} cancels ${liveJobsWords(targets)} ${where}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
};

const nextOfFold = (state: State, fold: Fold, now: number): string => {
	const {parent, members} = fold;
	const selected = foldedJobs(state, fold, now);
	const why = unsettledCursor(state, now) ?? whyNone(selected);
	if (why) return `${parent}, ${count(jobsOfRows(members), 'job')}: ${why}`;
	const {targets, skipped} = selected;
	const notes = skipped.length > 0 ? ` (${skipped.length} skipped)` : '';
	return `${keyWord(state, 'cancel')} cancels ${liveJobsWords(targets)} of ${parent} ${members[0]?.name ?? ''}${notes}`;
};

/** Why none of the jobs can be cancelled; undefined if one can. */
export const whyNone = ({targets, skipped}: Marked): string | undefined => {
	if (targets.length > 0) return undefined;
	const [[why, number] = ['', 0], ...others] = reasonsOf(skipped);
	const rest = others.reduce((sum, [, each]) => sum + each, 0);
	return `none can be cancelled: ${number > 1 ? `${number} times ` : ''}${why}${rest > 0 ? `, and ${rest} more` : ''}`;
};

/** The batch that can still be recalled, if any: none of its requests has left. */
export const stagedBatch = ({known}: State): number | undefined => {
	let staged: number | undefined;
	for (const {step, batch} of known.cancellations.values()) {
		if (step === 'staged' && (staged === undefined || batch > staged)) staged = batch;
	}
	return staged;
};
