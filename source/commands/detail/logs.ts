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

/** Looks for other words, from the line at the top on. */
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
		? `nothing is looked for yet; ${keyWord(state, 'log-find')} begins`
		: undefined;

export const logCommands: readonly CommandDefinition[] = [
	{
		id: 'logs',
		label: 'logs',
		help: 'Show what this job prints.',
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
			{id: 'log-down', help: 'Scroll down a line; the end is followed.', lines: 1},
			{id: 'log-up', help: 'Scroll up a line; the log stands still then.', lines: -1},
			{id: 'log-page-down', label: 'page', help: 'Scroll down half a page.', pages: 1},
			{id: 'log-page-up', help: 'Scroll up half a page.', pages: -1},
			{id: 'log-top', help: 'Go to the first line that is kept.', to: 'top'},
			{id: 'log-end', label: 'end', help: 'Go to the end, and follow it.', to: 'bottom'},
		],
		{
			page: ({state}) => logPage(state),
			scroll: (context, by) => look(context, state => scrollLog(state, by)),
		},
	),
	{
		id: 'log-follow',
		label: 'follow',
		help: 'Follow the end of the log, or let it stand still.',
		footer: 1,
		run: context => look(context, toggleFollow),
	},
	{
		id: 'log-wrap',
		label: 'wrap',
		help: 'Let long lines go on in the next row, or cut them.',
		footer: 3,
		run: context => look(context, toggleWrap),
	},
	{
		id: 'log-find',
		label: 'find',
		help: 'Look for words in the log; capital letters count where there are some.',
		footer: 2,
		run(context) {
			lookFor(context, '');
			context.store.change(openOverlay({kind: 'find'}));
		},
	},
	{
		id: 'log-next',
		label: 'next',
		help: 'Go to the next line that holds what is looked for.',
		footer: 4,
		unavailable: nothingToFind,
		run: context => goToMatch(context, 1),
	},
	{
		id: 'log-previous',
		label: 'previous',
		help: 'Go to the line before that holds what is looked for.',
		unavailable: nothingToFind,
		run: context => goToMatch(context, -1),
	},
	{
		id: 'find-keep',
		label: 'keep',
		help: 'Back to the log; {log-next} and {log-previous} go on.',
		footer: 1,
		run: ({store}) => store.change(closeOverlay),
	},
	{
		id: 'find-leave',
		label: 'leave',
		help: 'Back to the log; nothing is looked for.',
		footer: 2,
		run(context) {
			lookFor(context, '');
			context.store.change(closeOverlay);
		},
	},
	{
		id: 'find-rub-out',
		label: 'rub out',
		help: 'Take the last character away.',
		run: context =>
			lookFor(context, Array.from(context.state.screen.log.find).slice(0, -context.times).join('')),
	},
	{
		id: 'find-rub-out-all',
		label: 'clear',
		help: 'Take all of it away.',
		run: context => lookFor(context, ''),
	},
];

/** What is typed or pasted while words are looked for. */
export const typeIntoFind = (context: Looking, text: string): void =>
	lookFor(context, context.state.screen.log.find + text);
