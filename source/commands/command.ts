import type {CancelBox} from '../store/screen.ts';
import type {JobStore, State} from '../store/store.ts';

/** Who has the keyboard. `anywhere` is asked last, whoever has it. */
export type CommandScope =
	| 'table'
	| 'detail'
	/** The log of the job that is told in full; what it does not take, the detail takes. */
	| 'log'
	| 'cancellations'
	| 'box'
	/** The box about many jobs, or somebody else's: how many has to be typed. */
	| 'number-box'
	/** The box of a protected profile: its name has to be typed. */
	| 'typed-box'
	/** Why it is cancelled is being typed. */
	| 'reason'
	/** Everything that the box would send. */
	| 'box-list'
	/** What can be done about a job. */
	| 'actions'
	/** The question before a job is deleted. */
	| 'delete-box'
	| 'menu'
	| 'filter'
	/** Which jobs to mark is being typed. */
	| 'mark'
	/** What is looked for in a log is being typed. */
	| 'find'
	| 'help'
	| 'anywhere';

/** What only the program around the screen can do. */
export type Host = {
	/** `asked`: the reader quits. `insisted`: a second Ctrl-C. */
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

export type QuitHow = 'asked' | 'insisted';

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
	readonly store: Pick<JobStore, 'change' | 'hide' | 'send' | 'getState'>;
	readonly host: Host;
	/** Every command there is. */
	readonly commands: readonly Command[];
};

/** What a command goes by when it says why it cannot be run. */
export type CommandQuestion = Pick<CommandContext, 'state' | 'now' | 'key' | 'together' | 'oneJob'>;

/** Something that the user can do. */
export type Command = {
	/** Stable: other things may refer to it. */
	readonly id: string;
	readonly scopes: readonly [CommandScope, ...CommandScope[]];
	/** The first is the one that is shown. */
	readonly keys: readonly [string, ...string[]];
	/** One or two words for the footer. */
	readonly label: string;
	/** One sentence for the help. */
	readonly help: string;
	/** The place in the footer; without it, the command is not shown there. */
	readonly footer?: number;
	/** The place among the actions of a job; without it, the command is not one of them. */
	readonly action?: number;
	/** It belongs to marking a range; any other command ends an open one. */
	readonly goesOnWithRange?: true;
	/** Why it cannot be done now, said to the reader who tries. */
	readonly unavailable?: (question: CommandQuestion) => string | undefined;
	readonly run: (context: CommandContext) => void;
};

/** Who has the keyboard now. */
export const scopeOf = ({screen: {overlay, detail, pane}}: State): CommandScope =>
	overlay?.kind === 'box'
		? boxScope(overlay)
		: (overlay?.kind ?? (detail ? (detail.tab === 'logs' ? 'log' : 'detail') : pane));

const boxScope = ({view, asks}: CancelBox): CommandScope => {
	if (view === 'reason') return 'reason';
	if (view !== 'answer') return 'box-list';
	return ({plain: 'box', number: 'number-box', name: 'typed-box'} as const)[asks.kind];
};

/** Who has the keyboard, and who takes what that one leaves. */
export const scopesFrom = (scope: CommandScope): readonly CommandScope[] =>
	scope === 'log' ? ['log', 'detail'] : [scope];
