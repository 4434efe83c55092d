/*
The output of a command: data to stdout, progress and errors to stderr.
*/
import {createInterface} from 'node:readline';
import {cleanLines} from '../../job/clean-text.ts';
import {createTheme, type Theme} from '../../text/theme.ts';

export type Colour = 'auto' | 'always' | 'never';

export type ConsoleOptions = {
	readonly colour: Colour;
	readonly ascii: boolean;
	/** Whether questions are allowed. */
	readonly input: boolean;
};

export type Console = {
	readonly data: (text: string) => void;
	/** Aborted once the reader of stdout is gone. */
	readonly closed: AbortSignal;
	/** One line to stderr. */
	readonly say: (line: string) => void;
	readonly theme: Theme;
	/** Whether stdout takes colours. */
	readonly colour: boolean;
	/** Cells of a line, if stdout is a terminal. */
	readonly columns: number | undefined;
	/** Lines of the terminal, if stdout is one that can be redrawn. */
	readonly rows: number | undefined;
	/** Whether there is a terminal to ask at. */
	readonly canAsk: boolean;
	/** The answer in one line; undefined without an answer. */
	readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>;
};

const takesColour = (colour: Colour, env: NodeJS.ProcessEnv, isTTY: boolean): boolean => {
	if (colour !== 'auto') return colour === 'always';
	if (env.NO_COLOR) return false;
	if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
	return isTTY && env.TERM !== 'dumb';
};

export const createConsole = ({colour: colourChoice, ascii, input}: ConsoleOptions): Console => {
	// Only a question needs the other two, and each costs a part of Node.
	const {stdout, env} = process;
	const colour = takesColour(colourChoice, env, stdout.isTTY);
	const columns = stdout.isTTY ? Number(env.COLUMNS) || stdout.columns : undefined;
	const rows = stdout.isTTY && env.TERM !== 'dumb' ? Number(env.LINES) || stdout.rows : undefined;
	const closed = new AbortController();
	stdout.once('error', error => closed.abort(error));
	return {
		closed: closed.signal,
		data: text => void stdout.write(text),
		// Whatever the text contains, it must not control the terminal.
		say: line => void process.stderr.write(`${cleanLines(line)}\n`),
		colour,
		columns,
		rows,
		theme: createTheme({colour, ascii}),
		get canAsk() {
			return input && process.stdin.isTTY && process.stderr.isTTY;
		},
		ask: (question, signal) =>
			new Promise(resolve => {
				// Not as a terminal: the kernel edits the line, and Ctrl-C stays a signal.
				const lines = createInterface({input: process.stdin, terminal: false});
				const done = (answer?: string) => {
					// Closing also reports an answer; the first one counts.
					resolve(answer);
					signal.removeEventListener('abort', abort);
					lines.close();
				};
				const abort = () => done();
				signal.addEventListener('abort', abort, {once: true});
				lines.once('line', done);
				lines.once('close', () => done());
				process.stderr.write(cleanLines(question));
			}),
	};
};
