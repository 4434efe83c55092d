import {keyLabel, keyWord} from '../../keys/words.ts';
import {listOutcomes, openOverlay, putAwayBatch, say, showBatch, showPane} from '../../state/transitions.ts';
import {neighbourRun} from '../../table/runs.ts';
import {count} from '../../text/format.ts';
import {openCancelBox} from '../../view-models/cancellation/cancel-targets.ts';
import {
	operationOf,
	parkedProfiles,
	retryable,
	whyNotRetry,
} from '../../view-models/cancellation/retrying.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {openMenu} from '../table/narrowing.ts';

/** Shows the previous or next batch. */
const turnTo = ({state: {known, screen}, store}: CommandContext, by: number) =>
	store.change(showBatch(neighbourRun(known, screen, by)));

const noneThere = (
	{state: {known, screen}}: CommandQuestion,
	by: number,
	where: string,
): string | undefined =>
	neighbourRun(known, screen, by) === undefined ? `there is no ${where} batch` : undefined;

const openOnes = ({state: {run}}: CommandQuestion): number =>
	run?.reports.filter(({step}) => step !== 'settled').length ?? 0;

/** The commands for batches in the cancellations pane. */
export const runningCommands: readonly CommandDefinition[] = [
	{
		id: 'earlier-batch',
		label: 'previous batch',
		help: 'Show the previous batch.',
		unavailable: context => noneThere(context, -1, 'earlier'),
		run: context => turnTo(context, -1),
	},
	{
		id: 'later-batch',
		label: 'next batch',
		help: 'Show the next batch.',
		unavailable: context => noneThere(context, 1, 'later'),
		run: context => turnTo(context, 1),
	},
	{
		id: 'retry',
		label: 'retry failed',
		help: 'Ask again for the jobs that this batch did not end, also for overdue ones; a box shows them first. Where a credential is missing, try it again.',
		footer: 2,
		unavailable: ({state}) => whyNotRetry(state),
		run({state, store, now}) {
			const {jobs, skipped} = retryable(state);
			const parked = parkedProfiles(state);
			for (const profile of parked) store.send({type: 'refresh', profile});
			if (jobs.length === 0) {
				const word = `trying the credential of ${parked.join(', ')} again`;
				return store.change(say(word, {kind: 'polls', profiles: new Set(parked)}));
			}
			store.change(openOverlay(openCancelBox(state, jobs, now, {skipped, operation: operationOf(state)})));
		},
	},
	{
		id: 'unfinished-only',
		label: 'outcomes',
		help: 'Choose which cancellations to list: all, the unfinished ones, those that need you, or those with one outcome.',
		footer: 3,
		unavailable: ({state: {run}}) => (run ? undefined : 'there is no batch here'),
		run: context => openMenu(context, 'outcomes'),
	},
	{
		id: 'export-batch',
		label: 'export',
		help: 'Write the complete journal of this batch to a file.',
		footer: 4,
		unavailable: ({state: {run}}) => (run ? undefined : 'there is no batch here'),
		run({state: {run}, store}) {
			if (run) store.send({type: 'export', batch: run.number});
		},
	},
	{
		id: 'put-away',
		label: 'dismiss batch',
		help: 'Dismiss this finished batch: it leaves this view; the journal keeps it.',
		unavailable(context) {
			const open = openOnes(context);
			if (!context.state.run) return 'there is no batch here';
			return open > 0
				? `${count(open, 'cancellation')} not finished: jobtop still follows this batch`
				: undefined;
		},
		run({state: {run}, store}) {
			if (!run) return;
			const word = `dismissed batch ${run.number}; jobtop batches show ${run.number} shows it`;
			store.change(putAwayBatch(run.number), say(word));
			if (!store.getState().run) store.change(showPane('table'));
		},
	},
	{
		id: 'close-cancellations',
		label: 'back',
		help: 'Go back to the table. Where only some cancellations are listed, the first of these keys lists all first.',
		footer: 5,
		run({state, store, key}) {
			const listsAll = state.screen.outcomes && keyLabel(key) === keyWord(state, 'close-cancellations');
			store.change(listsAll ? listOutcomes(undefined) : showPane('table'));
		},
	},
];
