import type {CancellationReport} from '../engine/protocol.ts';
import type {Known} from './known.ts';
import type {Order, TableRow} from './rows.ts';
import type {Run} from './run.ts';
import type {Screen} from './screen.ts';

/** Everything that the screen is drawn from. */
export type State = {
	readonly known: Known;
	readonly screen: Screen;
	readonly order: Order;
	/** The rows of the table: the jobs in view, and the rows that several of them share. */
	readonly rows: readonly TableRow[];
	/** All cancellations, those that need the user first. */
	readonly cancellations: readonly CancellationReport[];
	/** The batch that the pane shows. */
	readonly run?: Run;
};
