import {targetOf} from '../../job/target.ts';
import {closeOverlay, openOverlay, say} from '../../state/transitions.ts';
import {subjectOf, unsettledCursor, whyNotDelete} from '../../table/subject.ts';
import {canDelete, wantedText} from '../../view-models/overlays/delete-box.ts';
import {whyNotAnswer} from '../../view-models/overlays/open-question.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {editText} from '../keys/typing.ts';
import {askEngine, hidingWords} from '../program/acts.ts';

const boxOf = ({state}: Pick<CommandQuestion, 'state'>) => {
	const {overlay} = state.screen;
	return overlay?.kind === 'delete-box' ? overlay : undefined;
};

/** Opens the question about this job; its target is frozen here. */
const openBox = ({state, store}: CommandContext) => {
	const ref = subjectOf(state);
	const job = ref === undefined ? undefined : state.known.jobs.byRef.get(ref);
	if (job) store.change(openOverlay({kind: 'delete-box', target: targetOf(job), typed: ''}));
};

const whyNotSend = (question: CommandQuestion): string | undefined => {
	const {state, now} = question;
	const box = boxOf(question);
	if (!box || !canDelete(state, box)) return 'it has changed in the meantime: nothing was deleted';
	const {what, text} = wantedText(state, box);
	if (box.typed !== text) return `type ${text}, ${what}, first`;
	return whyNotAnswer(state, now);
};

export const removingCommands: readonly CommandDefinition[] = [
	{
		id: 'restore',
		label: 'restore',
		help: 'Show this dismissed job again, also on its server if it was hidden there.',
		unavailable({state}) {
			const ref = subjectOf(state);
			const {dismissed, troubles} = state.known;
			return ref !== undefined && dismissed.has(ref) ? troubles.dismissals : 'it is not dismissed';
		},
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			const refs = [ref];
			store.hide(refs, false);
			const words = hidingWords(state, refs, false, {before: `${ref} restored`});
			askEngine(
				store,
				{type: 'restore', refs},
				{kind: 'restore', refs, meanwhile: `restoring ${ref}`, ...words},
			);
		},
	},
	{
		id: 'delete',
		label: 'delete on server',
		help: 'Delete this ended job on its server permanently. A box shows it; you type the last characters of its id.',
		byName: {names: ['rm']},
		unavailable: ({state, now}) => unsettledCursor(state, now) ?? whyNotDelete(state, subjectOf(state)),
		run: openBox,
	},
	{
		id: 'send-deletion',
		label: 'delete',
		help: 'Delete exactly what the box shows, after you type what it asks for.',
		footer: 1,
		unavailable: whyNotSend,
		run(context) {
			const box = boxOf(context);
			if (!box) return;
			const {ref} = box.target;
			context.store.change(closeOverlay);
			askEngine(
				context.store,
				{type: 'delete', targets: [box.target]},
				// A notice reports the result.
				{kind: 'delete', refs: [ref], meanwhile: `deleting ${ref}, after a look at it`},
			);
		},
	},
	{
		id: 'untype-deletion',
		label: 'erase',
		help: 'Delete the last letter.',
		run: ({store, times}) => editText(store, text => Array.from(text).slice(0, -times).join('')),
	},
	{
		id: 'keep-undeleted',
		label: 'keep',
		help: 'Close the box without deleting anything.',
		footer: 2,
		run: ({store}) => store.change(closeOverlay, say('not deleted')),
	},
];
