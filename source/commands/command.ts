import type {Binding, CommandId} from '../keys/bindings.ts';
import type {CommandScope} from '../keys/scope.ts';
import type {CancelBox, Overlay} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import type {JobStore} from '../store/store.ts';

/** Actions that only the program around the screen can do. */
export type Host = {
	/** `asked`: the user quits. `insisted`: a second Ctrl-C. `demo`: open the built-in job systems instead. */
	readonly quit: (how: QuitHow) => void;
	/** Stops the program until the shell continues it. */
	readonly suspend: () => void;
	/** Redraws every cell. */
	readonly redraw: () => void;
	/** Copies text to the clipboard of the terminal. */
	readonly copy: (text: string) => void;
	/** Shows text in another program until the user quits it. */
	readonly page: (text: string) => void;
	/** Reads the credential of a profile again, from a program that may ask for something on the terminal. */
	readonly logIn: (profile: string) => void;
};

export type QuitHow = 'asked' | 'insisted' | 'demo';

export type CommandContext = {
	readonly state: State;
	readonly now: number;
	/** The key, for commands whose keys differ. */
	readonly key: string;
	/** How often the key came in one event. */
	readonly times: number;
	/** The key came in one event with others: typed fast, over a slow line, or pasted. */
	readonly together?: true;
	/** The command applies to one job, by name, and ignores marks. */
	readonly oneJob?: true;
	/** The argument after the name, if the command was run by name. */
	readonly argument?: string;
	readonly store: Pick<JobStore, 'change' | 'sortIn' | 'hide' | 'send' | 'getState'>;
	readonly host: Host;
	/** All commands. */
	readonly commands: readonly Command[];
};

/** The input of `unavailable`. */
export type CommandQuestion = Pick<
	CommandContext,
	'state' | 'now' | 'key' | 'together' | 'oneJob' | 'argument'
>;

/** Why a key that answers something is ignored if it did not come alone: it may be a paste that the terminal did not mark. */
export const ignoredTogether = 'ignored: it came with other keys (a paste?); press it again';

/** How to run a command with `:`, beside its id. */
type ByName = {
	/** Other names. */
	readonly names?: readonly string[];
	/** It is available wherever names can be typed, in any scope. */
	readonly everywhere?: true;
	readonly argument?: Argument;
};

/** The argument after the name. */
type Argument = {
	/** Its name for people: `column`. */
	readonly what: string;
	/** It is required. */
	readonly needed?: true;
	/** Its possible values; absent if it can be anything. */
	readonly choices?: (state: State) => readonly string[];
	/** The range of a number or a time, if the text is one; undefined for other texts. */
	readonly range?: (text: string) => string | undefined;
};

/** Something that the user can do; its keys are in `keys/bindings.ts`. */
export type CommandDefinition = {
	readonly id: CommandId;
	readonly byName?: ByName;
	/** One or two words for the footer. */
	readonly label: string;
	/** The words in the footer where they follow from what is open; the label otherwise. */
	readonly hint?: (state: State) => string | undefined;
	/** One sentence for the help; the id of a command in braces stands for its key. */
	readonly help: string;
	/** Its position in the footer; without one, the footer does not show it. */
	readonly footer?: number;
	/** It keeps an open range; any other command ends the range. */
	readonly goesOnWithRange?: true;
	/** Why the command is not available now, shown to a user who tries it. */
	readonly unavailable?: (question: CommandQuestion) => string | undefined;
	readonly run: (context: CommandContext) => void;
};

/** A command with its keys. */
export type Command = CommandDefinition & Binding;

/** The scope that has the keyboard now. */
export const scopeOf = ({screen: {overlay, detail, pane}}: State): CommandScope =>
	overlay ? overlayScope(overlay) : detail ? (detail.tab === 'logs' ? 'log' : 'detail') : pane;

/** The scope that would have it without an overlay. */
export const scopeBelow = ({screen: {overlay: _overlay, ...screen}, ...state}: State): CommandScope =>
	scopeOf({...state, screen});

const overlayScope = (overlay: Overlay): CommandScope => {
	if (overlay.kind === 'box') return boxScope(overlay);
	return overlay.kind === 'help' && overlay.typing ? 'help-find' : overlay.kind;
};

const boxScope = ({view, asks}: CancelBox): CommandScope => {
	if (view === 'reason') return 'reason';
	if (view !== 'answer') return 'box-list';
	return ({plain: 'box', number: 'number-box', name: 'typed-box'} as const)[asks.kind];
};

/** The scope that has the keyboard, then the scopes that get its unused keys. */
export const scopesFrom = (scope: CommandScope): readonly CommandScope[] =>
	scope === 'log' ? ['log', 'detail'] : [scope];

/** The command of a key: of the scope that has the keyboard, else a global one. */
export const commandFor = (
	commands: readonly Command[],
	scope: CommandScope,
	key: string,
): Command | undefined => {
	const bound = (where: CommandScope) =>
		commands.find(({scopes, keys}) => scopes.includes(where) && keys.includes(key));
	for (const where of [...scopesFrom(scope), 'anywhere'] as const) {
		const command = bound(where);
		if (command) return command;
	}
	return undefined;
};
