import type {Glyphs} from './theme.ts';
import type {TimeZone} from './times.ts';

/** The area to draw on. Parts of the screen get a smaller one. */
export type Canvas = {
	/** Cells of a line. */
	readonly width: number;
	/** Lines. */
	readonly height: number;
	readonly glyphs: Glyphs;
	/** Epoch milliseconds. */
	readonly now: number;
	/** The zone of the moments. */
	readonly zone: TimeZone;
};
