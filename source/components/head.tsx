import {chipsLine} from '../view-models/frame/chips.ts';
import {headerLine} from '../view-models/frame/header.ts';
import {Lines} from './lines.tsx';
import {useLines} from './use-app-state.ts';

/** The two lines at the top: the totals, and each profile. */
export const Head = () => (
	<Lines
		lines={useLines((state, canvas) => {
			const {known, screen} = state;
			const names = known.profiles.map(({name}) => name);
			return [headerLine(state, canvas), chipsLine({names, health: known.health, only: screen.only}, canvas)];
		})}
	/>
);
