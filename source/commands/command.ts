import type {Binding, CommandId} from '../keys/bindings.ts';
import type {CommandScope} from '../keys/scope.ts';
import type {CancelBox, Overlay} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import type {JobStore} from '../store/store.ts';

/** What only the program around the screen can do. */
export type Host = {
	/** `asked`: the reader quits. `insisted`: a second Ctrl-C. `demo`: the embedded job systems are wanted instead. */
	readonly quit: (how: QuitHow) => void;
	/** Stops the program until the shell continues it. */
	readonly suspend: () => void;
	/** Draws every cell anew. */
	readonly redraw: () => void;
	/** Puts text into the clipboard of the terminal. */
	readonly copy: (text: string) => void;
	/** Shows text in another program until that is left. */
	readonly page: (text: string) => void;
};

export type QuitHow = 'asked' | 'insisted' | 'demo';

export type CommandContext = {
	readonly state: State;
	readonly now: number;
	/** The key, where a command has several that differ. */
	readonly key: string;
	/** How often it came in one go. */
	readonly times: number;
	/** It came in one event with other keys: typed fast, over a slow line, or pasted. */
	readonly together?: true;
	/** It is asked of one job, by name: marks do not count. */
	readonly oneJob?: true;
	/** What was typed behind its name, where it was asked for by name. */
	readonly argument?: string;
	readonly store: Pick<JobStore, 'change' | 'sortIn' | 'hide' | 'send' | 'getState'>;
	readonly host: Host;
	/** Every command there is. */
	readonly commands: readonly Command[];
};

/** What a command goes by when it says why it cannot be run. */
export type CommandQuestion = Pick<
	CommandContext,
	'state' | 'now' | 'key' | 'together' | 'oneJob' | 'argument'
>;

/** How a command is asked for behind `:`, beside its id. */
type ByName = {
	/** Other names. */
	readonly names?: readonly string[];
	/** It is there wherever names can be typed, whatever place its keys belong to. */
	readonly everywhere?: true;
	readonly argument?: Argument;
};

/** What may stand behind the name. */
type Argument = {
	/** What it is, for people: `column`. */
	readonly what: string;
	/** It does nothing without. */
	readonly needed?: true;
	/** What it may be; anything where it is absent. */
	readonly choices?: (state: State) => readonly string[];
};

/** Something that the user can do; its keys are in `keys/bindings.ts`. */
export type CommandDefinition = {
	readonly id: CommandId;
	readonly byName?: ByName;
	/** One or two words for the footer. */
	readonly label: string;
	/** One sentence for the help; the id of a command in braces stands for its key. */
	readonly help: string;
	/** The place in the footer; without it, the command is not shown there. */
	readonly footer?: number;
	/** It belongs to marking a range; any other command ends an open one. */
	readonly goesOnWithRange?: true;
	/** Why it cannot be done now, said to the reader who tries. */
	readonly unavailable?: (question: CommandQuestion) => string | undefined;
	readonly run: (context: CommandContext) => void;
};

/** A command with its keys. */
export type Command = CommandDefinition & Binding;

/** Who has the keyboard now. */
export const scopeOf = ({screen: {overlay, detail, pane}}: State): CommandScope =>
	overlay ? overlayScope(overlay) : detail ? (detail.tab === 'logs' ? 'log' : 'detail') : pane;

/** Who would have it if nothing lay over the panes. */
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

/** Who has the keyboard, and who takes what that one leaves. */
export const scopesFrom = (scope: CommandScope): readonly CommandScope[] =>
	scope === 'log' ? ['log', 'detail'] : [scope];
