/*
Help for typing a query: completion of fields and values, and earlier queries.
*/
import {keepQueries, offer, say} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';
import {completeQuery} from '../../table/complete-query.ts';
import {readQuery} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';
import {fieldOf, gapAfter} from '../keys/typing.ts';
import {keepView} from './keep-view.ts';

/** Replaces the input with a text. */
const put = (store: CommandContext['store'], text: string, offers: Parameters<typeof offer>[0]) => {
	const field = fieldOf(store.getState().screen);
	if (field) store.change(field.with(text), offer(offers));
};

const complete = ({state, store}: CommandContext, by: number) => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'filter' && overlay?.kind !== 'mark') return;
	const text = fieldOf(state.screen)?.text ?? '';
	const {offered} = overlay;
	const {options, texts} = offered ?? completeQuery(text, state.known);
	const [only] = texts;
	if (only === undefined) return store.change(say('no completions'));
	// The only completion is inserted with the space before the next word, and the next Tab continues after it.
	if (texts.length === 1) return put(store, only + gapAfter(only), {});
	const from = offered ? offered.index : by > 0 ? -1 : 0;
	const index = (((from + by) % texts.length) + texts.length) % texts.length;
	put(store, texts[index] ?? only, {offered: {options, texts, index}});
};

const recall = ({state, store}: CommandContext, by: number) => {
	const {overlay, queries} = state.screen;
	if (overlay?.kind !== 'filter' && overlay?.kind !== 'mark') return;
	const {steps, draft} = overlay.past ?? {steps: 0, draft: fieldOf(state.screen)?.text ?? ''};
	const to = Math.max(0, Math.min(queries.length, steps + by));
	const text = to === 0 ? draft : (queries[queries.length - to] ?? draft);
	put(store, text, to === 0 ? {} : {past: {steps: to, draft}});
};

/** Number of kept queries. */
const maxQueries = 100;

/** Appends a used query to the history, unless it is invalid. */
export const rememberQuery = (store: Pick<JobStore, 'change' | 'getState' | 'send'>, text: string): void => {
	const {
		known,
		screen: {queries},
	} = store.getState();
	const clean = text.trim();
	if (!readQuery(text).matches || queryProblem(text, known) || queries.at(-1) === clean) return;
	store.change(keepQueries([...queries.filter(query => query !== clean), clean].slice(-maxQueries)));
	keepView(store);
};

export const findingCommands: readonly CommandDefinition[] = [
	{
		id: 'complete',
		label: 'complete',
		help: 'Complete the field or value; press again for the next match.',
		footer: 2,
		run: context => complete(context, context.times),
	},
	{
		id: 'complete-back',
		label: 'previous match',
		help: 'Go back to the previous completion.',
		run: context => complete(context, -context.times),
	},
	{
		id: 'earlier-query',
		label: 'earlier',
		help: 'Recall an earlier filter.',
		footer: 3,
		run: context => recall(context, context.times),
	},
	{
		id: 'later-query',
		label: 'later',
		help: 'Recall a later filter, or what you were typing.',
		run: context => recall(context, -context.times),
	},
];
