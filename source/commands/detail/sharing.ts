/*
Sharing: copying to the clipboard of the terminal, and opening in a browser.
*/

import {parseRef} from '../../job/ref.ts';
import {awaitPage, closeOverlay, openOverlay, say} from '../../state/transitions.ts';
import {noJobHere, subjectOf} from '../../table/subject.ts';
import {copiesOf} from '../../view-models/overlays/copies.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {menuCommands} from '../menus.ts';

/** Bytes that terminals accept by OSC 52: a sequence of 100,000, in base64. */
const maxBytes = 74_994;

const noJob = ({state}: CommandQuestion): string | undefined =>
	subjectOf(state) === undefined ? noJobHere(state) : undefined;

/** Copies a text, unless it is too long for a terminal. */
const copy = ({store, host}: CommandContext, text: string, what: string) => {
	const bytes = new TextEncoder().encode(text).length;
	if (bytes > maxBytes) {
		return store.change(say(`${what} is too long to copy: ${bytes} bytes; a terminal accepts ${maxBytes}`));
	}
	host.copy(text);
	store.change(say(`copied ${what}`));
};

const menuOf = ({state}: Pick<CommandContext, 'state'>) => {
	const {overlay} = state.screen;
	return overlay?.kind === 'copies' ? overlay : undefined;
};

export const sharingCommands: readonly CommandDefinition[] = [
	{
		id: 'copy',
		label: 'copy id',
		help: 'Copy the id of this job, if the terminal allows it.',
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
		help: 'Copy something of this job: id, ref, page, record, the command that cancels it, the request that reads it.',
		unavailable: noJob,
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			store.send({type: 'links', ref});
			store.change(openOverlay({kind: 'copies', ref, index: 0}));
		},
	},
	{
		id: 'open-page',
		label: 'open',
		help: 'Open the web page of this job in a browser ($BROWSER or the default), if it has one.',
		unavailable: noJob,
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			store.send({type: 'links', ref});
			store.change(awaitPage(ref), say('looking for its page'));
		},
	},
	{
		id: 'copy-this',
		label: 'copy it',
		help: 'Copy the selected item.',
		footer: 1,
		unavailable(question) {
			const menu = menuOf(question);
			return menu && copiesOf(question.state, menu.ref)[menu.index]?.why;
		},
		run(context) {
			const menu = menuOf(context);
			const chosen = menu && copiesOf(context.state, menu.ref)[menu.index];
			if (!menu || chosen?.text === undefined) return;
			context.store.change(closeOverlay);
			copy(context, chosen.text, `${chosen.what} of ${menu.ref}`);
		},
	},
	...menuCommands('copies', {
		footer: 2,
		next: 'Go to the next one.',
		previous: 'Go to the previous one.',
		close: 'Close without copying.',
		length(context) {
			const menu = menuOf(context);
			return menu ? copiesOf(context.state, menu.ref).length : 0;
		},
	}),
];
