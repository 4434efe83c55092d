/*
The number of lines of each part of the cancellations pane. They add up to the body of the screen; on a small screen, the list and the selected cancellation come first.
*/
import type {State} from '../../state/state.ts';
import {layoutOf} from '../../table/layout.ts';
import {countProgressLines} from './batch-progress.ts';
import {countWaitingLines} from './cancellations-pane.ts';
import {profilesOf} from './run-profiles.ts';

export type PaneLayout = {
	/** Lines about the batch: its progress, and on all but the smallest screens the rule above it. */
	readonly head: number;
	/** Lines of profiles, below a rule and titles; 0 if there is no room. */
	readonly profiles: number;
	/** The rule of the list, and on all but the smallest screens its titles. */
	readonly listHead: number;
	readonly rows: number;
	/** Lines about the selected cancellation below its rule; 0 without one. */
	readonly chosen: number;
	/** Lines of earlier batches below their rule. */
	readonly earlier: number;
	/** Lines of batches that were not resumed. */
	readonly waiting: number;
};

const maxProfiles = 6;

/** The minimum lines of the body for the titles of the list: on a smaller one, a row is more useful. */
const bodyForTitles = 12;

/** A part with this many lines, and the lines above it. */
const withHead = (lines: number, above: number): number => (lines > 0 ? lines + above : 0);

/** The lines of the pane above its list. */
export const linesAboveList = ({head, waiting, profiles, listHead}: PaneLayout): number =>
	head + waiting + withHead(profiles, 2) + listHead;

export const paneLayout = (state: State): PaneLayout => {
	const {body} = layoutOf(state.screen, state.cancellations.length > 0);
	const {listColumns} = layoutOf(state.screen, true);
	const toTell = countWaitingLines(state, listColumns);
	if (body < 9) {
		const head = Math.min(1, body);
		const listHead = Math.min(1, body - head);
		const left = body - head - listHead;
		// Without a batch of this session, there is nothing else to show.
		const waiting = state.run ? 0 : Math.min(left, toTell);
		return {head, profiles: 0, listHead, rows: left - waiting, chosen: 0, earlier: 0, waiting};
	}
	const roomy = body >= 26;
	const profiles = roomy && state.run ? Math.min(maxProfiles, profilesOf(state.run.reports).length) : 0;
	const earlier = roomy ? Math.min(2, state.known.earlier.length) : 0;
	const waiting = Math.min(Math.floor(body / 3), toTell);
	const head = 1 + (state.run ? countProgressLines(state.run.reports, listColumns) : 1);
	const listHead = body < bodyForTitles ? 1 : 2;
	const left = body - head - withHead(profiles, 2) - listHead - withHead(earlier, 1) - waiting - 1;
	const chosen = Math.max(1, Math.min(12, Math.floor(left / 3)));
	return {head, profiles, listHead, rows: left - chosen, chosen, earlier, waiting};
};
