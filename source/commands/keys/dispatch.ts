import {cleanText} from '../../job/clean-text.ts';
import {type KeyPress, typedBy} from '../../keys/names.ts';
import {keyLabel, keyWord} from '../../keys/words.ts';
import type {Overlay} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {pressed, say, touch} from '../../state/transitions.ts';
import {actionFor} from '../actions.ts';
import {commandFor, scopeOf} from '../command.ts';
import {typeIntoFind} from '../detail/logs.ts';
import {closeRange} from '../program/acts.ts';
import type {Keyboard, Press} from './keyboard.ts';
import {point} from './pointing.ts';
import {typeText} from './typing.ts';

/**
Runs the keys of one input event, as one update.

Once a key opens a question or is refused, the rest of the event is dropped: no key may answer a question that nobody can have read. Ctrl-C answers nothing, and always works.
*/
export const pressAll = (keyboard: Keyboard, presses: readonly Press[]): void =>
	keyboard.store.together(() => {
		let goesOn = true;
		for (const press of presses) {
			if (!goesOn && !('key' in press && press.key === 'ctrl+c')) continue;
			if ('mouse' in press) point(keyboard, press.mouse);
			else goesOn = pressOne(keyboard, press, presses.length > 1) && goesOn;
		}
	});

/** A key that does nothing says so, and where the others are listed. */
const noCommand = (state: State, key: string): string => {
	const help = keyWord(state, 'help');
	return `${keyLabel(key)} does nothing here${state.screen.overlay ? '' : `; ${help} shows the keys`}`;
};

/** Returns whether the other keys of the event may run. */
const pressOne = (
	{commandsOf, store, host, clock}: Keyboard,
	{key, times}: KeyPress,
	together: boolean,
): boolean => {
	const now = clock.now();
	const scope = scopeOf(store.getState());
	store.change(pressed(now, key === 'ctrl+c'));
	const state = store.getState();
	const commands = commandsOf(state);
	const command =
		commandFor(commands, scope, key) ?? (scope === 'actions' ? actionFor(state, commands, key) : undefined);
	if (!command) {
		const typed = typedBy(key);
		const taken = typed !== undefined && typeText(store, typed.repeat(times));
		if (scope === 'find' && typed) typeIntoFind({state, store}, typed.repeat(times));
		else if (!taken) store.change(say(noCommand(state, key)));
		return true;
	}
	if (state.screen.range && !command.goesOnWithRange) closeRange(store);
	const context = {
		state: store.getState(),
		now,
		key,
		times,
		...(together && {together: true as const}),
		store,
		host,
		commands,
	};
	const why = command.unavailable?.(context);
	if (why) {
		store.change(say(`${keyLabel(key)}: ${why}`));
		return false;
	}
	command.run(context);
	return !opened(state, store.getState());
};

// A search or a name may be typed ahead, because it answers no question.
const typedAhead: ReadonlySet<Overlay['kind']> = new Set(['filter', 'find', 'mark', 'command'] as const);

const opened = (before: State, after: State): boolean => {
	const kind = after.screen.overlay?.kind;
	return kind !== undefined && !typedAhead.has(kind) && kind !== before.screen.overlay?.kind;
};

/** A pasted text is never a key: it goes into a search or a reason, else nowhere. */
export const paste = ({store, clock}: Keyboard, text: string): void =>
	store.together(() => {
		const state = store.getState();
		const clean = cleanText(text, 200).trim();
		if (state.screen.overlay?.kind === 'find') return typeIntoFind({state, store}, clean);
		const taken = typeText(store, clean, 'pasted');
		const word = `pasted text is ignored here; ${keyWord(state, 'filter')} filters`;
		store.change(touch(clock.now()), ...(taken ? [] : [say(word)]));
	});
