import {exitCodes} from '../source/command-line/output/exit-codes.ts';
import {withBlock} from './generated-block.ts';

/** The text with its table of exit codes as the program ends. */
export const withExitCodes = (text: string): string =>
	withBlock(
		text,
		'exit codes',
		[
			'| code | meaning |',
			'| --- | --- |',
			...exitCodes.map(([code, meaning]) => `| ${code} | ${meaning} |`),
		].join('\n'),
	);
