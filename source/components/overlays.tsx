import {Box} from 'ink';
import {commands} from '../commands/commands.ts';
import {helpSections} from '../commands/help.ts';
import type {Overlay} from '../store/screen.ts';
import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {boxLines} from '../view-models/cancel-box.ts';
import {helpLines} from '../view-models/help-lines.ts';
import {layoutOf} from '../view-models/layout.ts';
import {menuLines} from '../view-models/menus.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines} from './use-app-state.ts';

/** Where it may draw: no wider than the screen, no taller than the panes. */
type Place = {readonly width: number; readonly body: number; readonly glyphs: Glyphs};

type OverlayView<Kind extends Overlay['kind']> = {
	/** Cells that it takes where the screen has them. */
	readonly most: number;
	readonly lines: (
		state: State,
		overlay: Extract<Overlay, {kind: Kind}>,
		now: number,
		place: Place,
	) => readonly Line[];
};

const views: {readonly [Kind in Overlay['kind']]: OverlayView<Kind>} = {
	// It is typed into the rule above the table.
	filter: {most: 0, lines: () => []},
	box: {
		most: 76,
		lines: (state, box, now, {width, body, glyphs}) => boxLines(state, box, now, width, body, glyphs),
	},
	menu: {
		most: 44,
		lines: (state, {menu, index}, _now, {width, body, glyphs}) =>
			menuLines(state, menu, index, width, body, glyphs),
	},
	help: {
		most: Number.POSITIVE_INFINITY,
		lines: (_state, {scroll}, _now, {width, body, glyphs}) =>
			helpLines(helpSections(commands), scroll, width, body, glyphs),
	},
};

const placeOf = ({screen, cancellations}: State, kind: Overlay['kind']) => ({
	width: Math.min(views[kind].most, screen.size.columns),
	body: layoutOf(screen, cancellations.length > 0).body,
});

const linesOf = (state: State, now: number, glyphs: Glyphs): readonly Line[] => {
	const {overlay} = state.screen;
	if (!overlay) return [];
	const place = {...placeOf(state, overlay.kind), glyphs};
	const {lines} = views[overlay.kind] as OverlayView<Overlay['kind']>;
	return lines(state, overlay, now, place).slice(0, place.body);
};

/** What lies over the panes: a question, a menu, the help. The header, the strips and the footer stay in sight. */
export const Overlays = () => {
	const lines = useLines(linesOf);
	const left = useAppState(state => {
		const {overlay, size} = state.screen;
		return overlay ? Math.floor((size.columns - placeOf(state, overlay.kind).width) / 2) : 0;
	});
	const body = useAppState(({screen, cancellations}) => layoutOf(screen, cancellations.length > 0).body);
	if (lines.length === 0) return null;
	return (
		<Box position="absolute" top={2 + Math.floor((body - lines.length) / 2)} left={left}>
			<Lines lines={lines} />
		</Box>
	);
};
