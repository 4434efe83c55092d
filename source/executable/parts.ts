/*
The large parts of the program, from within the executable.
*/
import type * as commands from '../command-line/program.ts';
import type * as screen from '../tui.tsx';
import {runPart} from './run-part.ts';

export const loadScreen = async (): Promise<typeof screen> => (await runPart('screen')) as typeof screen;

export const loadCommands = async (): Promise<typeof commands> =>
	(await runPart('commands')) as typeof commands;
