/*
What the reader keeps in files: the look of the table, what is typed behind `:`, an exported batch. Each is the reader's own, so a file that cannot be written costs a notice.
*/
import {exportBatch} from '../cancellation/export-batch.ts';
import {errorWords} from '../process/error-words.ts';
import {createCommandHistory, maxHistory} from './command-history.ts';
import {writeView} from './kept-view.ts';
import type {Notify} from './notify.ts';
import type {Report, TableView} from './protocol.ts';

export type KeepingOptions = {
	readonly stateDirectory: string;
	readonly report: Report;
	readonly notify: Notify;
};

export const createKeeping = ({stateDirectory, report, notify}: KeepingOptions) => {
	const history = createCommandHistory(stateDirectory);
	/** Also where it cannot be kept, it is there until the end of this run. */
	let commands = history.read();
	let isKept = true;

	return {
		/** What was typed behind `:`, the latest last. */
		commands: () => commands,
		/** Keeps what was typed, and reports all of it. */
		keepCommand(line: string) {
			try {
				commands = history.add(line);
			} catch (error) {
				if (isKept) notify('warning', `the command history cannot be saved: ${errorWords(error as Error)}`);
				isKept = false;
				commands = [...commands, line].slice(-maxHistory);
			}
			report([{type: 'history', lines: commands}]);
		},
		/** Keeps how the table is looked at. */
		keepView(view: TableView) {
			try {
				writeView(stateDirectory, view);
			} catch (error) {
				notify('warning', `the table layout cannot be saved: ${errorWords(error as Error)}`);
			}
		},
		/** Writes all that the journal holds of a batch into a file, and says where. */
		exportBatch(number: number) {
			try {
				notify('info', `batch ${number} is in ${exportBatch(stateDirectory, number)}`);
			} catch (error) {
				notify('error', `batch ${number} cannot be exported: ${errorWords(error as Error)}`);
			}
		},
	};
};

export type Keeping = ReturnType<typeof createKeeping>;
