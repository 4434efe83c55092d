import {Box} from 'ink';
import {overlayCorner, overlayLines} from '../commands/overlay-view.ts';
import {useScreen} from './context.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines} from './use-app-state.ts';

/** The overlay on the panes: a question, a menu, the help. The footer stays visible. */
export const Overlays = () => {
	const lines = useLines(overlayLines);
	const {ticker} = useScreen();
	const left = useAppState(state => overlayCorner(state, lines.length, ticker.now()).left);
	const top = useAppState(state => overlayCorner(state, lines.length, ticker.now()).top);
	if (lines.length === 0) return null;
	return (
		<Box position="absolute" top={top} left={left}>
			<Lines lines={lines} />
		</Box>
	);
};
