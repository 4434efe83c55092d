import type {Exchange} from '../../engine/protocol.ts';
import type {State} from '../../state/state.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {moment} from '../../text/times.ts';
import {hardWrap, safeText, wrap} from '../../text/width.ts';

/** How long an answer took: `250 ms`, `1.4 s`. */
const took = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

const answerOf = ({answer, ms}: Exchange): string =>
	answer === undefined ? 'not answered yet' : `${answer}, in ${took(ms ?? 0)}`;

/** The requests about the job whose details are open, the latest first. */
export const requestsLines = (
	{known, screen}: State,
	{width, glyphs, now, zone}: Canvas,
): readonly Line[] => {
	const ref = screen.detail?.ref;
	const exchanges = known.requests?.ref === ref ? (known.requests?.exchanges ?? []) : [];
	const lines = exchanges.toReversed().flatMap((exchange): readonly Line[] => {
		const when = ` ${moment(exchange.at, now, zone)}  ${exchange.what}  `;
		const request = hardWrap(safeText(exchange.request, glyphs.ascii), Math.max(8, width - 4));
		return [
			[span(when, 'dim'), span(answerOf(exchange), exchange.well === false ? 'failed' : 'plain')],
			...request.map((text): Line => [span(`   ${text}`)]),
		];
	});
	const all = lines.length > 0 ? lines : [[span(' no requests about this job alone yet')]];
	const note = wrap('Requests for lists are not shown.', width - 2);
	return [...all, [span('')], ...note.map((text): Line => [span(` ${text}`, 'dim')])];
};
