/*
What is taken out of the screen: into the clipboard of the terminal, or into a browser.
*/
import {parseRef} from '../../job/ref.ts';
import {noJobHere, subjectOf} from '../../table/subject.ts';
import {copiesOf} from '../../view-models/overlays/copies.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';

/** Bytes that terminals take by OSC 52: 100,000 of a sequence, in base64. */
const mostBytes = 74_994;

const noJob = ({state}: CommandQuestion): string | undefined =>
	subjectOf(state) === undefined ? noJobHere(state) : undefined;

/** Copies a text, where the terminal can take it. */
const copy = ({store, host}: CommandContext, text: string, what: string) => {
	const bytes = new TextEncoder().encode(text).length;
	if (bytes > mostBytes) {
		return store.change({
			word: `${what} is too long to be copied: ${bytes} bytes, and a terminal takes ${mostBytes}`,
		});
	}
	host.copy(text);
	store.change({word: `copied ${what}`});
};

const menuOf = ({state}: Pick<CommandContext, 'state'>) => {
	const {overlay} = state.screen;
	return overlay?.kind === 'copies' ? overlay : undefined;
};

const move = (context: CommandContext, by: number) => {
	const menu = menuOf(context);
	if (!menu) return;
	const last = copiesOf(context.state, menu.ref).length - 1;
	context.store.change({overlay: {...menu, index: Math.max(0, Math.min(last, menu.index + by))}});
};

export const sharingCommands: readonly CommandDefinition[] = [
	{
		id: 'copy',
		label: 'copy id',
		help: 'Copy the id of this job, where the terminal allows it.',
		unavailable: noJob,
		run(context) {
			const ref = subjectOf(context.state);
			const id = ref && parseRef(ref)?.id;
			if (id) copy(context, id, id);
		},
	},
	{
		id: 'copy-more',
		label: 'copy',
		help: 'Choose what to copy of this job: id, ref, page, record, the command that cancels it, the request that looks at it.',
		unavailable: noJob,
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			store.send({type: 'links', ref});
			store.change({overlay: {kind: 'copies', ref, index: 0}});
		},
	},
	{
		id: 'open-page',
		label: 'open',
		help: 'Open the page of this job in a browser ($BROWSER, else the usual one), where its system has one.',
		unavailable: noJob,
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			store.send({type: 'links', ref});
			store.change({opening: ref, word: 'looking for its page'});
		},
	},
	{
		id: 'copy-this',
		label: 'copy it',
		help: 'Copy what the cursor is on.',
		footer: 1,
		unavailable(question) {
			const menu = menuOf(question);
			return menu && copiesOf(question.state, menu.ref)[menu.index]?.why;
		},
		run(context) {
			const menu = menuOf(context);
			const chosen = menu && copiesOf(context.state, menu.ref)[menu.index];
			if (!menu || chosen?.text === undefined) return;
			context.store.change({overlay: undefined});
			copy(context, chosen.text, `${chosen.what} of ${menu.ref}`);
		},
	},
	{
		id: 'copies-down',
		label: 'down',
		help: 'Go to the next one.',
		footer: 2,
		run: context => move(context, context.times),
	},
	{
		id: 'copies-up',
		label: 'up',
		help: 'Go to the previous one.',
		footer: 3,
		run: context => move(context, -context.times),
	},
	{
		id: 'close-copies',
		label: 'close',
		help: 'Close it; nothing is copied.',
		footer: 4,
		run: ({store}) => store.change({overlay: undefined}),
	},
];
