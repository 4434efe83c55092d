import type {Fold} from '../../state/rows.ts';
import {putCursor, say, shareRows, turnRow} from '../../state/transitions.ts';
import {foldRef, foldsIn} from '../../table/folding.ts';
import {foldOf, subjectOf} from '../../table/subject.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';
import {keepView} from './keep-view.ts';

type Asked = Pick<CommandContext, 'state' | 'store'>;

/** The shared row under the cursor, or the open one that the job under it is in. */
const foldHere = (state: CommandContext['state']): Fold | undefined => {
	const fold = foldOf(state);
	if (fold) return fold;
	const ref = subjectOf(state);
	const parent = ref && state.known.jobs.byRef.get(ref)?.parent;
	return parent && foldsIn(state.rows).get(foldRef(parent));
};

/** Opens a shared row, or closes it; the cursor goes to it. */
export const turnFold = ({state, store}: Asked): void => {
	const fold = foldHere(state);
	if (!fold) return;
	store.change(turnRow(fold.ref), putCursor({ref: fold.ref, index: state.rows.indexOf(fold)}));
};

export const foldingCommands: readonly CommandDefinition[] = [
	{
		id: 'fold',
		label: 'open row',
		help: 'Open a row that several jobs share, so that each has its own, or close it again.',
		unavailable: ({state}) => (foldHere(state) ? undefined : 'this row is one job'),
		run: turnFold,
	},
	{
		id: 'folding',
		label: 'share rows',
		help: 'Let jobs that belong together (tasks of an array, parts of a job) share a row where they are more than three, or give each its own.',
		run({state, store}) {
			const folding = !state.screen.folding;
			const word = folding ? 'jobs that belong together share a row' : 'every job has a row of its own';
			store.change(shareRows(folding), say(word));
			keepView(store);
		},
	},
];
