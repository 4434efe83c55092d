import {keyWord} from '../../keys/words.ts';
import type {LogLook} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {closeOverlay, lookAtLog, openOverlay, say} from '../../state/transitions.ts';
import {noJobHere, profileOf, subjectOf} from '../../table/subject.ts';
import {
	findInLog,
	logPage,
	matchCount,
	scrollLog,
	toggleFollow,
	toggleWrap,
} from '../../view-models/detail/log.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {scrollCommands} from '../scrolling.ts';
import {showDetail} from './show-detail.ts';

type Looking = Pick<CommandContext, 'state' | 'store'>;

const look = ({state, store}: CommandContext, change: (state: State) => LogLook) =>
	store.change(lookAtLog(change(state)));

/** Searches for another text, from the line at the top. */
const lookFor = ({state, store}: Looking, find: string) => {
	const {found: _found, ...log} = state.screen.log;
	store.change(lookAtLog({...log, find}));
	if (find !== '') store.change(lookAtLog(findInLog(store.getState(), 1, true)));
};

const goToMatch = ({state, store, times}: CommandContext, by: 1 | -1) => {
	if (matchCount(state) === 0) return store.change(say(`no line holds ${state.screen.log.find}`));
	for (let time = 0; time < times; time++) store.change(lookAtLog(findInLog(store.getState(), by)));
};

const nothingToFind = ({state}: CommandQuestion): string | undefined =>
	state.screen.log.find === ''
		? `nothing to find yet; ${keyWord(state, 'log-find')} starts a search`
		: undefined;

export const logCommands: readonly CommandDefinition[] = [
	{
		id: 'logs',
		label: 'logs',
		help: 'Show the log of this job.',
		footer: 8,
		unavailable({state}) {
			const ref = subjectOf(state);
			if (ref === undefined) return noJobHere(state);
			const profile = profileOf(state, ref);
			return profile?.can.logs === false ? `this system has no logs: ${profile.title}` : undefined;
		},
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			const {detail} = state.screen;
			showDetail(store, {...(detail ?? {ref}), tab: 'logs', scroll: 0});
		},
	},
	...scrollCommands(
		[
			{id: 'log-down', help: 'Scroll down a line; at the end, follow the log.', lines: 1},
			{id: 'log-up', help: 'Scroll up a line and stop following.', lines: -1},
			{id: 'log-page-down', label: 'page', help: 'Scroll down half a page.', pages: 1},
			{id: 'log-page-up', help: 'Scroll up half a page.', pages: -1},
			{id: 'log-top', help: 'Go to the first line.', to: 'top'},
			{id: 'log-end', label: 'end', help: 'Go to the end and follow the log.', to: 'bottom'},
		],
		{
			page: ({state}) => logPage(state),
			scroll: (context, by) => look(context, state => scrollLog(state, by)),
		},
	),
	{
		id: 'log-follow',
		label: 'follow',
		help: 'Follow the log, or stop following it.',
		footer: 1,
		run: context => look(context, toggleFollow),
	},
	{
		id: 'log-wrap',
		label: 'wrap',
		help: 'Show long lines whole, wrapped, or cut them.',
		footer: 3,
		run: context => look(context, toggleWrap),
	},
	{
		id: 'log-find',
		label: 'find',
		help: 'Search the log; case matters if you type a capital letter.',
		footer: 2,
		run(context) {
			lookFor(context, '');
			context.store.change(openOverlay({kind: 'find'}));
		},
	},
	{
		id: 'log-next',
		label: 'next',
		help: 'Go to the next match.',
		footer: 4,
		unavailable: nothingToFind,
		run: context => goToMatch(context, 1),
	},
	{
		id: 'log-previous',
		label: 'previous',
		help: 'Go to the previous match.',
		unavailable: nothingToFind,
		run: context => goToMatch(context, -1),
	},
	{
		id: 'find-keep',
		label: 'keep',
		help: 'Go back to the log; {log-next} and {log-previous} continue the search.',
		footer: 1,
		run: ({store}) => store.change(closeOverlay),
	},
	{
		id: 'find-leave',
		label: 'leave',
		help: 'Go back to the log and clear the search.',
		footer: 2,
		run(context) {
			lookFor(context, '');
			context.store.change(closeOverlay);
		},
	},
	{
		id: 'find-rub-out',
		label: 'delete',
		help: 'Delete the last character.',
		run: context =>
			lookFor(context, Array.from(context.state.screen.log.find).slice(0, -context.times).join('')),
	},
	{
		id: 'find-rub-out-all',
		label: 'clear',
		help: 'Clear the text.',
		run: context => lookFor(context, ''),
	},
];

/** Text that is typed or pasted during a search. */
export const typeIntoFind = (context: Looking, text: string): void =>
	lookFor(context, context.state.screen.log.find + text);
