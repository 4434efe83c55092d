/*
Which part of the cancellations pane gets how many lines. They add up to the body of the screen; on a small one the list and the chosen cancellation come first.
*/
import type {State} from '../store/store.ts';
import {layoutOf} from './layout.ts';
import {profilesOf} from './run-profiles.ts';

export type PaneLayout = {
	/** Lines about the batch: its progress, and on all but the smallest screens the rule above it. */
	readonly head: number;
	/** Lines of profiles, below a rule and titles; 0 where there is no room. */
	readonly profiles: number;
	/** The rule of the list, and on all but the smallest screens its titles. */
	readonly listHead: number;
	readonly rows: number;
	/** Lines about the chosen one below its rule; 0 without one. */
	readonly chosen: number;
	/** Lines of earlier batches below their rule. */
	readonly earlier: number;
};

const mostProfiles = 6;

/** A part with as many lines, and those that stand above it. */
const withHead = (lines: number, above: number): number => (lines > 0 ? lines + above : 0);

export const paneLayout = (state: State): PaneLayout => {
	const {body} = layoutOf(state.screen, state.cancellations.length > 0);
	if (body < 9) {
		const head = Math.min(1, body);
		const listHead = Math.min(1, body - head);
		return {head, profiles: 0, listHead, rows: body - head - listHead, chosen: 0, earlier: 0};
	}
	const roomy = body >= 26;
	const profiles = roomy && state.run ? Math.min(mostProfiles, profilesOf(state.run.reports).length) : 0;
	const earlier = roomy ? Math.min(2, state.known.earlier.length) : 0;
	const left = body - 2 - withHead(profiles, 2) - 2 - withHead(earlier, 1) - 1;
	const chosen = Math.max(1, Math.min(12, Math.floor(left / 3)));
	return {head: 2, profiles, listHead: 2, rows: left - chosen, chosen, earlier};
};
