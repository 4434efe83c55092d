import {headerLine} from '../view-models/frame/header.ts';
import {chipsLine} from '../view-models/frame/health.ts';
import {Lines} from './lines.tsx';
import {useLines} from './use-app-state.ts';

/** The two lines at the top: the whole, and each profile. */
export const Head = () => (
	<Lines
		lines={useLines((state, now, glyphs) => {
			const {known, screen} = state;
			const {columns} = screen.size;
			const names = known.profiles.map(({name}) => name);
			return [
				headerLine(state, now, columns, glyphs),
				chipsLine(names, known.health, screen.only, now, columns, glyphs),
			];
		})}
	/>
);
