/*
The default without a command: the screen, or a list if there is no terminal.
*/
import type {ConfigurationFlags} from '../../config/files.ts';
import type {DemoOptions} from '../../demo/index.ts';
import {flagsOf, type GlobalOptions} from '../options.ts';
import {CommandError} from '../output/command-error.ts';
import type {Asked} from './definition.ts';

/** The options of the screen. */
export type ScreenStart = {
	readonly flags: ConfigurationFlags;
	/** Use only the built-in job systems. */
	readonly demo?: Pick<DemoOptions, 'seed' | 'jobs' | 'speed' | 'faults'>;
	/** The folder of the journals; absent for the default. */
	readonly stateDirectory?: string;
	/** ASCII characters only. */
	readonly ascii?: boolean;
	/** Print lines instead of a screen. */
	readonly plain?: boolean;
	/** Play the tour, so many times faster than people read. */
	readonly tour?: number;
};

/** Opens the screen. Resolves with the exit code when the user quits. */
export type OpenScreen = (start: ScreenStart) => Promise<number>;

export const onScreen = (options: GlobalOptions): ScreenStart => ({
	flags: flagsOf(options),
	ascii: options.ascii ?? false,
	plain: options.plain ?? false,
});

/** Opens the screen at a terminal, or the lines if requested; else prints the list. */
export const openOrPrint = async (
	{options, console, open}: Asked,
	screen: () => Promise<number>,
): Promise<number> => {
	if (options.plain) return screen();
	if (process.stdin.isTTY && process.stdout.isTTY) {
		if (options.verbose && process.stderr.isTTY)
			throw new CommandError('-v would write into the screen; use --log-file FILE instead');
		colourScreen(options);
		return screen();
	}
	const {list} = await import('../listing/list.ts');
	return list({query: '', output: 'table', all: false, everyone: false, watch: false}, console, open);
};

/** The screen and its libraries read only the environment. */
const colourScreen = ({color}: GlobalOptions): void => {
	if (color === 'never') process.env.NO_COLOR = '1';
	if (color === 'always') {
		delete process.env.NO_COLOR;
		process.env.FORCE_COLOR = '1';
	}
};
