import type {Fold} from '../../state/rows.ts';
import {putCursor, say, shareRows, turnRow} from '../../state/transitions.ts';
import {foldRef, foldsIn} from '../../table/folding.ts';
import {foldOf, subjectOf} from '../../table/subject.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';
import {keepView} from './keep-view.ts';

type Asked = Pick<CommandContext, 'state' | 'store'>;

/** The shared row under the cursor, or the open row of the job under it. */
const foldHere = (state: CommandContext['state']): Fold | undefined => {
	const fold = foldOf(state);
	if (fold) return fold;
	const ref = subjectOf(state);
	const parent = ref && state.known.jobs.byRef.get(ref)?.parent;
	return parent && foldsIn(state.rows).get(foldRef(parent));
};

/** Opens or closes a shared row; the cursor moves to it. */
export const turnFold = ({state, store}: Asked): void => {
	const fold = foldHere(state);
	if (!fold) return;
	store.change(turnRow(fold.ref), putCursor({ref: fold.ref, index: state.rows.indexOf(fold)}));
};

export const foldingCommands: readonly CommandDefinition[] = [
	{
		id: 'fold',
		label: 'open row',
		help: 'Open a row of several jobs, or close it.',
		unavailable: ({state}) => (foldHere(state) ? undefined : 'this row is one job'),
		run: turnFold,
	},
	{
		id: 'folding',
		label: 'share rows',
		help: 'Show related jobs (tasks of an array, parts of a job) in one row if there are more than three, or each in its own row.',
		run({state, store}) {
			const folding = !state.screen.folding;
			const word = folding ? 'related jobs share a row' : 'every job has its own row';
			store.change(shareRows(folding), say(word));
			keepView(store);
		},
	},
];
