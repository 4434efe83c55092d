/*
Reads the keys in the configuration. The risk of a command limits its keys, and no configuration can bypass these rules.
*/
import {didYouMean} from '../text/nearest.ts';
import {type Binding, bindings, type CommandId, commandIds, isCommandId} from './bindings.ts';
import {keyNamed, typedBy} from './names.ts';
import type {CommandScope} from './scope.ts';
import {keyLabel} from './words.ts';

/** Keys by the id of their command. */
export type Keys = Readonly<Record<string, readonly string[]>>;

/** A problem with the keys of a command. */
export type KeyProblem = {readonly id: string; readonly words: string};

type Bound = Binding & {readonly id: CommandId};

const boundWith = (keys: Keys): readonly Bound[] =>
	commandIds.map(id => ({...(bindings[id] as Binding), id, ...(keys[id] && {keys: keys[id]})}));

/** Keys that are easily pressed by accident: they must not ask for or send anything that cannot be undone. */
const slips = /^(?:enter|delete|backspace|ctrl\+[dhk]|\d)$/;

/** Scopes in which letters are text. */
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

const whyNotKey = (id: CommandId, binding: Binding, key: string): string | undefined => {
	const {risk, scopes} = binding;
	if (binding.keys.includes(key)) return undefined;
	const label = keyLabel(key);
	if (risk && slips.test(key)) {
		return risk === 'keeps'
			? `${label} cannot answer a question`
			: `${label} cannot run a command that ends or hides jobs`;
	}
	if (typedBy(key) === undefined || id === 'send-typed') return undefined;
	if (scopes.some(scope => typing.has(scope))) return `${label} is typed as text there`;
	return scopes.includes('number-box') && /\d/.test(key) ? `${label} is part of the number there` : undefined;
};

const whyNotKeys = (id: CommandId, keys: readonly string[]): string | undefined => {
	const binding: Binding = bindings[id];
	if (binding.fixedKeys !== undefined) return `its keys cannot be changed: ${binding.fixedKeys}`;
	for (const key of keys) {
		const why = whyNotKey(id, binding, key);
		if (why !== undefined) return why;
	}
	for (const stays of ['escape', 'ctrl+c']) {
		if (binding.keys.includes(stays) && !keys.includes(stays)) {
			return `its keys must include ${keyLabel(stays)}, which always leads back`;
		}
	}
	return undefined;
};

const meet = (a: CommandScope, b: CommandScope): boolean => a === b || a === 'anywhere' || b === 'anywhere';

/** A scope that both commands share. The actions of a job are in its menu too. */
const commonScope = (a: Binding, b: Binding): CommandScope | undefined => {
	const scopesOf = ({scopes, action}: Binding): readonly CommandScope[] =>
		action === undefined ? scopes : [...scopes, 'actions'];
	return scopesOf(a).find(scope => scopesOf(b).some(other => meet(scope, other)));
};

/** Commands that share a key, at least one of them with changed keys. */
const conflicts = (all: readonly Bound[], changed: ReadonlySet<string>): readonly KeyProblem[] =>
	all.flatMap(command => {
		if (!changed.has(command.id)) return [];
		for (const other of all) {
			// Of two changed commands, report the problem at the later one.
			if (other === command || (changed.has(other.id) && all.indexOf(other) > all.indexOf(command))) continue;
			const scope = commonScope(command, other);
			const key = scope && command.keys.find(each => other.keys.includes(each));
			if (key) {
				const words = `${keyLabel(key)} is also the key of ${other.id} (${scope}); change one of them`;
				return [{id: command.id, words}];
			}
		}
		return [];
	});

/** A key that sends must differ from a key that asks, ignoring Shift. */
const echoes = (all: readonly Bound[], changed: ReadonlySet<string>): readonly KeyProblem[] => {
	const lower = (risk: Binding['risk']) =>
		all
			.filter(command => command.risk === risk)
			.flatMap(command => command.keys.map(key => ({command, key: key.toLowerCase()})));
	const [asking, sending] = [lower('asks'), lower('sends')];
	for (const ask of asking) {
		for (const send of sending) {
			const id = [send.command.id, ask.command.id].find(each => changed.has(each));
			if (ask.key !== send.key || id === undefined) continue;
			const words = `${keyLabel(ask.key)} would both ask (${ask.command.id}) and send (${send.command.id})`;
			return [{id, words}];
		}
	}
	return [];
};

const unknownCommand = (id: string): string => {
	const hint = didYouMean(id, commandIds);
	return `there is no such command; ${hint.startsWith('did') ? hint : 'jobtop keys lists them'}`;
};

/** Reads `[keys]` of the configuration. With any problem, `keys` is empty. */
export const readKeys = (
	wanted: Readonly<Record<string, string | readonly string[]>>,
): {readonly keys: Keys; readonly problems: readonly KeyProblem[]} => {
	const problems: KeyProblem[] = [];
	const keys: Record<string, readonly string[]> = {};
	for (const [id, wish] of Object.entries(wanted)) {
		if (!isCommandId(id)) {
			problems.push({id, words: unknownCommand(id)});
			continue;
		}
		const names = [wish].flat().map(text => [text, keyNamed(text)] as const);
		const [unknown] = names.find(([, name]) => name === undefined) ?? [];
		const own = [...new Set(names.flatMap(([, name]) => name ?? []))];
		const words =
			unknown === undefined
				? whyNotKeys(id, own)
				: `${JSON.stringify(unknown)} is not a key; keys are single characters, space, enter, up, pageup, f1 to f12, ctrl+x and the like`;
		if (words === undefined) keys[id] = own;
		else problems.push({id, words});
	}
	if (problems.length === 0) {
		const all = boundWith(keys);
		const changed = new Set(Object.keys(keys));
		problems.push(...conflicts(all, changed), ...echoes(all, changed));
	}
	return {keys: problems.length === 0 ? keys : {}, problems};
};
