/*
Other keys for commands, as the configuration wants them. What hangs on a key limits where it can go: the rules are the same for everybody, and no wish can lead past them.
*/
import type {ScreenSettings} from '../../engine/protocol.ts';
import {keyLabel} from '../../state/key-words.ts';
import {didYouMean} from '../../text/nearest.ts';
import type {Command, CommandScope} from '../command.ts';
import {commands} from '../commands.ts';
import {keyNamed, typedBy} from './keys.ts';

/** Keys by the id of their command. */
export type Keys = Readonly<Record<string, readonly string[]>>;

/** What is wrong with the keys of a command, in a few words. */
export type KeyProblem = {readonly id: string; readonly words: string};

/** The same commands with other keys. */
const withKeys = (all: readonly Command[], keys: Keys): readonly Command[] =>
	all.map(command => {
		const own = keys[command.id];
		return own ? {...command, keys: own} : command;
	});

const kept = new WeakMap<object, readonly Command[]>();

/** Every command there is, with the keys that the reader wants. */
export const commandsOf = ({
	known: {settings},
}: {
	readonly known: {readonly settings: Pick<ScreenSettings, 'keys'>};
}): readonly Command[] => {
	if (!settings.keys) return commands;
	const before = kept.get(settings) ?? withKeys(commands, settings.keys);
	kept.set(settings, before);
	return before;
};

/** Keys that a hand finds by itself: nothing that cannot be undone begins or is sent there. */
const slips = /^(?:enter|delete|backspace|ctrl\+[dhk]|\d)$/;

/** Where letters are text. */
const typing: ReadonlySet<CommandScope> = new Set([
	'filter',
	'mark',
	'find',
	'reason',
	'command',
	'help-find',
	'delete-box',
	'typed-box',
	'anywhere',
] as const);

const whyNotKey = (command: Command, key: string): string | undefined => {
	const {weight, scopes} = command;
	if (command.keys.includes(key)) return undefined;
	const label = keyLabel(key);
	if (weight && slips.test(key)) {
		return weight === 'keeps'
			? `${label} is no answer to a question`
			: `nothing that ends or hides jobs is on ${label}`;
	}
	if (typedBy(key) === undefined || command.id === 'send-typed') return undefined;
	if (scopes.some(scope => typing.has(scope))) return `${label} is text where it would be a key`;
	return scopes.includes('number-box') && /\d/.test(key)
		? `${label} is a part of the number there`
		: undefined;
};

const whyNotKeys = (command: Command, keys: readonly string[]): string | undefined => {
	if (command.fixedKeys !== undefined) return `its keys stay: ${command.fixedKeys}`;
	for (const key of keys) {
		const why = whyNotKey(command, key);
		if (why !== undefined) return why;
	}
	for (const stays of ['escape', 'ctrl+c']) {
		if (command.keys.includes(stays) && !keys.includes(stays)) {
			return `${keyLabel(stays)} has to stay among its keys: it always leads back`;
		}
	}
	return undefined;
};

const meet = (a: CommandScope, b: CommandScope): boolean => a === b || a === 'anywhere' || b === 'anywhere';

/** Where both would be asked. The actions of a job are in its menu too. */
const commonScope = (a: Command, b: Command): CommandScope | undefined => {
	const scopesOf = ({scopes, action}: Command): readonly CommandScope[] =>
		action === undefined ? scopes : [...scopes, 'actions'];
	return scopesOf(a).find(scope => scopesOf(b).some(other => meet(scope, other)));
};

/** Two commands that the same key would mean, of which one has other keys than usual. */
const conflicts = (all: readonly Command[], changed: ReadonlySet<string>): readonly KeyProblem[] =>
	all.flatMap(command => {
		if (!changed.has(command.id)) return [];
		for (const other of all) {
			// Of two that were both changed, the later one is told.
			if (other === command || (changed.has(other.id) && all.indexOf(other) > all.indexOf(command))) continue;
			const scope = commonScope(command, other);
			const key = scope && command.keys.find(each => other.keys.includes(each));
			if (key) {
				const words = `${keyLabel(key)} is the key of ${other.id} too (${scope}); give one of them another`;
				return [{id: command.id, words}];
			}
		}
		return [];
	});

/** What sends must be another key than what asks, whatever Shift does. */
const echoes = (all: readonly Command[], changed: ReadonlySet<string>): readonly KeyProblem[] => {
	const lower = (weight: Command['weight']) =>
		all
			.filter(command => command.weight === weight)
			.flatMap(command => command.keys.map(key => ({command, key: key.toLowerCase()})));
	const [asking, sending] = [lower('asks'), lower('sends')];
	for (const ask of asking) {
		for (const send of sending) {
			const id = [send.command.id, ask.command.id].find(each => changed.has(each));
			if (ask.key !== send.key || id === undefined) continue;
			const words = `${keyLabel(ask.key)} would be the key that asks (${ask.command.id}) and the key that sends (${send.command.id})`;
			return [{id, words}];
		}
	}
	return [];
};

/** Reads wishes for keys, as they stand in the configuration. Where anything is wrong with them, `keys` is empty. */
export const readKeys = (
	wishes: Readonly<Record<string, string | readonly string[]>>,
): {readonly keys: Keys; readonly problems: readonly KeyProblem[]} => {
	const problems: KeyProblem[] = [];
	const keys: Record<string, readonly string[]> = {};
	for (const [id, wish] of Object.entries(wishes)) {
		const command = commands.find(each => each.id === id);
		if (!command) {
			const ids = commands.map(each => each.id);
			const hint = didYouMean(id, ids);
			problems.push({
				id,
				words: `there is no such command; ${hint.startsWith('did') ? hint : 'jobtop keys tells them all'}`,
			});
			continue;
		}
		const names = [wish].flat().map(text => [text, keyNamed(text)] as const);
		const [unknown] = names.find(([, name]) => name === undefined) ?? [];
		const own = [...new Set(names.flatMap(([, name]) => name ?? []))];
		const words =
			unknown === undefined
				? whyNotKeys(command, own)
				: `${JSON.stringify(unknown)} is no key; a key is a character, space, enter, up, pageup, f1 to f12, ctrl+x and the like`;
		if (words === undefined) keys[id] = own;
		else problems.push({id, words});
	}
	if (problems.length === 0) {
		const all = withKeys(commands, keys);
		const changed = new Set(Object.keys(keys));
		problems.push(...conflicts(all, changed), ...echoes(all, changed));
	}
	return {keys: problems.length === 0 ? keys : {}, problems};
};
