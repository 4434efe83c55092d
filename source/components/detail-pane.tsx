import {layoutOf} from '../table/layout.ts';
import {span} from '../text/line.ts';
import {detailLines} from '../view-models/detail/detail.ts';
import {Lines} from './lines.tsx';
import {useLines} from './use-app-state.ts';

/** The details of a job: beside the list, or in its place. */
export const DetailPane = () => (
	<Lines
		lines={useLines((state, canvas) => {
			const {detailColumns, body, beside} = layoutOf(state.screen, state.cancellations.length > 0);
			const {lines} = detailLines(state, {...canvas, width: detailColumns, height: body});
			return beside ? lines.map(line => [span(canvas.glyphs.vertical, 'frame'), ...line]) : lines;
		})}
	/>
);
