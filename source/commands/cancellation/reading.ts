import {changeBox, showQuestionFrom} from '../../state/transitions.ts';
import {openQuestionWindow} from '../../view-models/overlays/open-question.ts';
import {questionPage} from '../../view-models/overlays/question.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';

/** Scrolls the open question by a page for each time that the key came. */
const scroll = ({state, store, now, times}: CommandContext, direction: 1 | -1) => {
	const view = openQuestionWindow(state, now);
	if (!view) return;
	const top = view.top + direction * times * questionPage(view);
	store.change(showQuestionFrom(Math.max(0, Math.min(view.last, top))));
};

/** The commands that show more of a question. */
export const readingCommands: readonly CommandDefinition[] = [
	{
		id: 'question-down',
		label: 'down',
		help: 'Show more of the question; if all of it is in view, list every job in the request.',
		run(context) {
			const {state, store, now} = context;
			const {overlay} = state.screen;
			const view = openQuestionWindow(state, now);
			if (!view || view.top < view.last) return scroll(context, 1);
			if (overlay?.kind !== 'box' || overlay.view !== 'answer') return;
			// A press too many must not leave a text that was scrolled, unless no other key lists the jobs.
			if (view.last === 0 || overlay.asks.kind === 'name') store.change(changeBox({view: 'list', scroll: 0}));
		},
	},
	{
		id: 'question-up',
		label: 'up',
		help: 'Scroll the question back.',
		run: context => scroll(context, -1),
	},
];
