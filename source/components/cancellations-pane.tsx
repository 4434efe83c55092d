import {cursorPart, layoutOf} from '../table/layout.ts';
import {zoneOf} from '../table/time-zone.ts';
import {fitLine, rule, withCursor} from '../text/line.ts';
import {
	cancellationLine,
	chosenLines,
	earlierLines,
	listedAt,
	paneHead,
	runHead,
	runProfileLines,
	visibleCancellations,
	waitingLines,
} from '../view-models/cancellation/cancellations-pane.ts';
import {paneFit} from '../view-models/cancellation/pane-columns.ts';
import {paneLayout} from '../view-models/cancellation/pane-layout.ts';
import {Lines} from './lines.tsx';
import {useLines, useText} from './use-app-state.ts';

/** The cancellations of one batch, those that need the user first. */
const CancellationList = () => {
	const text = useText((state, now, {glyphs, paint}) => {
		const {screen, run} = state;
		const listed = run?.listed ?? [];
		const {listColumns} = layoutOf(screen, true);
		const {rows} = paneLayout(state);
		const canvas = {width: listColumns, height: rows, glyphs, now, zone: zoneOf(state)};
		const fit = paneFit(run?.reports ?? []);
		const chosenReport = listed[screen.chosen.index];
		const shown = visibleCancellations(listed, screen, rows).map(report => {
			const chosen = report === chosenReport;
			const line = cancellationLine({report, lookedAt: listedAt(state, report)}, chosen, canvas, fit);
			return paint(chosen && cursorPart(screen) === 'cancellations' ? withCursor(line) : line, chosen);
		});
		const blank = ' '.repeat(listColumns);
		return Array.from({length: rows}, (_, index) => shown[index] ?? blank).join('\n');
	});
	return <Lines lines={text === '' ? [] : text.split('\n')} />;
};

export const CancellationsPane = () => (
	<>
		<Lines
			lines={useLines((state, screen) => {
				const canvas = {...screen, width: layoutOf(state.screen, true).listColumns};
				const {head, profiles, listHead, rows, waiting} = paneLayout(state);
				return [
					...runHead(state, {...canvas, height: head}).slice(0, head),
					...waitingLines(state, canvas).slice(0, waiting),
					...runProfileLines(state, {...canvas, height: profiles}),
					...paneHead(state, canvas, rows).slice(0, listHead),
				];
			})}
		/>
		<CancellationList />
		<Lines
			lines={useLines((state, screen) => {
				const {listColumns: width} = layoutOf(state.screen, true);
				const {glyphs} = screen;
				const {chosen: lines, earlier} = paneLayout(state);
				const chosen = state.run?.listed[state.screen.chosen.index];
				if (lines === 0) return [];
				return [
					chosen ? rule(width, glyphs, chosen.ref) : fitLine([], width, glyphs),
					...chosenLines(chosen, {...screen, width, height: lines}),
					...earlierLines(state, {...screen, width, height: earlier}),
				];
			})}
		/>
	</>
);
