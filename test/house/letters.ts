/*
One letter, one meaning: a key that hands know from one view does the same thing in every other view.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {bindings, type CommandId, commandIds} from '../../source/keys/bindings.ts';

/** The commands that are one idea in different views. A command that is not listed is an idea of its own. */
const ideas: Readonly<Record<string, readonly CommandId[]>> = {
	'go down': [
		'down',
		'log-down',
		'list-down',
		'actions-down',
		'menu-down',
		'profiles-down',
		'copies-down',
		'help-down',
	],
	'go up': ['up', 'log-up', 'list-up', 'actions-up', 'menu-up', 'profiles-up', 'copies-up', 'help-up'],
	'go to the beginning': ['top', 'log-top', 'list-top', 'help-top'],
	'go to the end': ['bottom', 'log-end', 'list-bottom', 'help-bottom'],
	next: ['next-tab', 'later-batch'],
	previous: ['previous-tab', 'earlier-batch'],
	'leave this view': [
		'quit',
		'close-detail',
		'close-cancellations',
		'close-actions',
		'close-menu',
		'close-profiles',
		'close-copies',
		'close-help',
		'keep',
		'keep-counted',
		'leave-list',
	],
	'the cancellations': ['cancellations', 'close-cancellations'],
	'the profiles': ['profiles', 'close-profiles'],
	'the actions': ['actions', 'close-actions'],
	'what else can be copied': ['copy-more', 'close-copies'],
	'the help': ['help', 'close-help'],
	'search in this view': ['filter', 'log-find', 'help-find'],
	'choose which rows this view shows': ['scope', 'unfinished-only'],
	'what is cut: whole or cut': ['wide', 'log-wrap'],
	'open what stands for several jobs, and close it': ['fold', 'list-targets', 'leave-list'],
	'remove what has ended from this view': ['dismiss', 'put-away'],
	'bring back': ['undo', 'restore'],
	'test it without changing anything': ['test-profile', 'dry-run'],
	yes: ['send', 'send-typed', 'send-dismissal'],
	no: ['keep', 'keep-counted', 'leave-list'],
	copy: ['copy', 'copy-this'],
};

/** Letters with two ideas, and why. */
const exceptions: Readonly<Record<string, {readonly ideas: readonly string[]; readonly why: string}>> = {
	y: {
		ideas: ['yes', 'copy'],
		why: 'questions are answered with y everywhere, and y copies in vi and in other full-screen programs; outside a question it sends nothing',
	},
	n: {
		ideas: ['no', 'log-next'],
		why: 'questions are answered with n everywhere, and n is the next match in less and vi; it sends nothing',
	},
};

const ideasOf = (id: CommandId): readonly string[] => {
	const shared = Object.keys(ideas).filter(idea => ideas[idea]?.includes(id));
	return shared.length > 0 ? shared : [id];
};

/** The commands of each key that types a character. */
const letters = Map.groupBy(
	commandIds.flatMap(id => bindings[id].keys.filter(key => key.length === 1).map(key => ({key, id}))),
	({key}): string => key,
);

const covers = (idea: string, commands: readonly {readonly id: CommandId}[]): boolean =>
	commands.every(({id}) => ideasOf(id).includes(idea));

test('a letter has one meaning in all views', () => {
	for (const [key, commands] of letters) {
		const has = (idea: string) => covers(idea, commands);
		const {ideas: allowed = []} = exceptions[key] ?? {};
		const names = commands.map(({id}) => id).join(', ');
		if (allowed.length === 0)
			assert.ok(commands.flatMap(({id}) => ideasOf(id)).some(has), `${key}: ${names}`);
		else
			assert.ok(
				commands.every(({id}) => ideasOf(id).some(idea => allowed.includes(idea))),
				`${key}: ${names}`,
			);
	}
});

test('each exception is needed', () => {
	for (const [key, {ideas: allowed, why}] of Object.entries(exceptions)) {
		const commands = letters.get(key) ?? [];
		assert.ok(why.length > 0);
		for (const idea of allowed) {
			assert.ok(
				commands.some(({id}) => ideasOf(id).includes(idea)),
				`${key}: ${idea}`,
			);
			assert.ok(!covers(idea, commands), `${key} needs no exception`);
		}
	}
});

test('the commands of an idea share a letter', () => {
	for (const [idea, ids] of Object.entries(ideas)) {
		for (const id of ids) {
			const shared = bindings[id].keys.some(key =>
				letters.get(key)?.some(each => each.id !== id && ids.includes(each.id)),
			);
			assert.ok(shared, `${idea}: ${id}`);
		}
	}
});
