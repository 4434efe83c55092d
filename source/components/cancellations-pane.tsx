import {
	cancellationLine,
	chosenLines,
	paneHead,
	visibleCancellations,
} from '../view-models/cancellations-pane.ts';
import {layoutOf} from '../view-models/layout.ts';
import {fitLine, rule} from '../view-models/line.ts';
import {useScreen} from './context.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines, useNow} from './use-app-state.ts';

/** The cancellations, those that need the reader first. */
const CancellationList = () => {
	const {theme} = useScreen();
	const now = useNow();
	const text = useAppState(({screen, cancellations}) => {
		const {glyphs, paint} = theme;
		const {listColumns, cancellationRows} = layoutOf(screen, cancellations.length > 0);
		const chosenReport = cancellations[screen.chosen.index];
		const shown = visibleCancellations(cancellations, screen, cancellationRows).map(report => {
			const chosen = report === chosenReport;
			return paint(cancellationLine(report, chosen, now, listColumns, glyphs), chosen);
		});
		const blank = ' '.repeat(listColumns);
		return Array.from({length: cancellationRows}, (_, index) => shown[index] ?? blank).join('\n');
	});
	return <Lines lines={text === '' ? [] : text.split('\n')} />;
};

export const CancellationsPane = () => (
	<>
		<Lines
			lines={useLines((state, now, glyphs) =>
				paneHead(state, now, layoutOf(state.screen, true).listColumns, glyphs),
			)}
		/>
		<CancellationList />
		<Lines
			lines={useLines(({screen, cancellations}, now, glyphs) => {
				const {listColumns, chosenLines: lines} = layoutOf(screen, true);
				const chosen = cancellations[screen.chosen.index];
				return [
					chosen
						? rule(listColumns, glyphs, chosen.ref, `batch ${chosen.batch}`)
						: fitLine([], listColumns, glyphs),
					...chosenLines(chosen, now, lines, listColumns, glyphs),
				];
			})}
		/>
	</>
);
