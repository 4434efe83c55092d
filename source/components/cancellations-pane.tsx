import {layoutOf} from '../table/layout.ts';
import {fitLine, rule} from '../text/line.ts';
import {
	cancellationLine,
	chosenLines,
	earlierLines,
	paneHead,
	runHead,
	runProfileLines,
	visibleCancellations,
	waitingLines,
} from '../view-models/cancellation/cancellations-pane.ts';
import {paneLayout} from '../view-models/cancellation/pane-layout.ts';
import {useScreen} from './context.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines, useNow} from './use-app-state.ts';

/** The cancellations of one batch, those that need the reader first. */
const CancellationList = () => {
	const {theme} = useScreen();
	const now = useNow();
	const text = useAppState(state => {
		const {glyphs, paint} = theme;
		const {screen, run} = state;
		const listed = run?.listed ?? [];
		const {listColumns} = layoutOf(screen, true);
		const {rows} = paneLayout(state);
		const chosenReport = listed[screen.chosen.index];
		const shown = visibleCancellations(listed, screen, rows).map(report => {
			const chosen = report === chosenReport;
			return paint(cancellationLine(report, chosen, now, listColumns, glyphs), chosen);
		});
		const blank = ' '.repeat(listColumns);
		return Array.from({length: rows}, (_, index) => shown[index] ?? blank).join('\n');
	});
	return <Lines lines={text === '' ? [] : text.split('\n')} />;
};

export const CancellationsPane = () => (
	<>
		<Lines
			lines={useLines((state, now, glyphs) => {
				const {listColumns} = layoutOf(state.screen, true);
				const {head, profiles, listHead, waiting} = paneLayout(state);
				return [
					// Where there is little room, the progress says more than the rule above it.
					...runHead(state, now, listColumns, glyphs).slice(2 - head),
					...waitingLines(state, listColumns, glyphs).slice(0, waiting),
					...runProfileLines(state, profiles, listColumns, glyphs),
					...paneHead(state, now, listColumns, glyphs).slice(0, listHead),
				];
			})}
		/>
		<CancellationList />
		<Lines
			lines={useLines((state, now, glyphs) => {
				const {listColumns} = layoutOf(state.screen, true);
				const {chosen: lines, earlier} = paneLayout(state);
				const chosen = state.run?.listed[state.screen.chosen.index];
				if (lines === 0) return [];
				return [
					chosen ? rule(listColumns, glyphs, chosen.ref) : fitLine([], listColumns, glyphs),
					...chosenLines(chosen, now, lines, listColumns, glyphs),
					...earlierLines(state, now, earlier, listColumns, glyphs),
				];
			})}
		/>
	</>
);
