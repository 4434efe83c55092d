/*
The large parts of the program, from within the executable.
*/
import {runPart} from './run-part.ts';

export const loadScreen = async (): Promise<typeof import('../tui.tsx')> =>
	(await runPart('screen')) as typeof import('../tui.tsx');

export const loadCommands = async (): Promise<typeof import('../command-line/program.ts')> =>
	(await runPart('commands')) as typeof import('../command-line/program.ts');
