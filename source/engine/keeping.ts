/*
Files that the user keeps: the table layout, the command history, exported batches. A file that cannot be written only causes a notice.
*/
import {type ExportPlace, exportBatch} from '../cancellation/export-batch.ts';
import {errorWords} from '../process/error-words.ts';
import {unwritableWords} from '../process/writable-state.ts';
import {createCommandHistory, maxHistory} from './command-history.ts';
import type {KeptPlace} from './kept-file.ts';
import {writeView} from './kept-view.ts';
import type {Notify} from './notify.ts';
import type {Report, TableView} from './protocol.ts';

export type KeepingOptions = KeptPlace & {
	readonly exportPlace?: ExportPlace;
	readonly report: Report;
	readonly notify: Notify;
};

export const createKeeping = ({report, notify, exportPlace, ...place}: KeepingOptions) => {
	const {stateDirectory} = place;
	const history = createCommandHistory(stateDirectory);
	/** Kept in memory until the end of this run, even if the file cannot be written. */
	let commands = history.read();
	let isKept = true;

	return {
		/** The history of the `:` prompt, the latest last. */
		commands: () => commands,
		/** Saves a line of the `:` prompt, and reports the history. */
		keepCommand(line: string) {
			try {
				commands = history.add(line);
			} catch (error) {
				if (isKept)
					notify('warning', `the command history cannot be saved: ${unwritableWords(error as Error)}`);
				isKept = false;
				commands = [...commands, line].slice(-maxHistory);
			}
			report([{type: 'history', lines: commands}]);
		},
		/** Saves the table layout. */
		keepView(view: TableView) {
			try {
				writeView(place, view);
			} catch (error) {
				notify('warning', `the table layout cannot be saved: ${unwritableWords(error as Error)}`);
			}
		},
		/** Writes the contents of a batch's journal to a file, and reports its path. */
		exportBatch(number: number) {
			try {
				notify('info', `batch ${number} is in ${exportBatch(stateDirectory, number, exportPlace)}`);
			} catch (error) {
				const words =
					exportPlace === 'working-directory'
						? `${errorWords(error as Error)}; start jobtop in a folder that you can write`
						: unwritableWords(error as Error);
				notify('error', `batch ${number} cannot be exported: ${words}`);
			}
		},
	};
};

export type Keeping = ReturnType<typeof createKeeping>;
