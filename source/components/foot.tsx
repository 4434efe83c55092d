import {commandsOf} from '../commands/commands.ts';
import {footerHints} from '../commands/keys/help.ts';
import {layoutOf} from '../table/layout.ts';
import {rule} from '../text/line.ts';
import {stripLines} from '../view-models/cancellation/cancellation-strip.ts';
import {withCaption} from '../view-models/frame/caption.ts';
import {eventLines} from '../view-models/frame/events.ts';
import {footerLines} from '../view-models/frame/footer.ts';
import {Lines} from './lines.tsx';
import {useLines} from './use-app-state.ts';

/** The area under the panes: progress of cancellations, events, key hints. */
export const Foot = () => (
	<Lines
		lines={useLines((state, canvas) => {
			const {width, glyphs} = canvas;
			const {strip, events} = layoutOf(state.screen, state.cancellations.length > 0);
			const lines = [
				...(strip > 0 ? stripLines(state, canvas) : []),
				rule(width, glyphs),
				...eventLines(state, {...canvas, height: events}),
				...footerLines(state, footerHints(commandsOf(state), state, canvas.now), canvas),
			];
			return withCaption(lines, state, canvas);
		})}
	/>
);
