import {Box} from 'ink';
import {actionsOf} from '../commands/actions.ts';
import {scopeBelow} from '../commands/command.ts';
import {commandsOf} from '../commands/commands.ts';
import {helpSections} from '../commands/keys/help.ts';
import {completionsOf} from '../commands/keys/naming.ts';
import type {Overlay} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {boxColumns, overlayPlace} from '../table/layout.ts';
import type {Glyphs, Line} from '../text/theme.ts';
import {boxLines} from '../view-models/cancellation/cancel-question.ts';
import {actionMenuLines} from '../view-models/overlays/action-menu.ts';
import {commandLineLines} from '../view-models/overlays/command-line.ts';
import {copiesLines} from '../view-models/overlays/copies.ts';
import {deleteBoxLines} from '../view-models/overlays/delete-box.ts';
import {helpLines} from '../view-models/overlays/help-lines.ts';
import {menuLines} from '../view-models/overlays/menus.ts';
import {profilesLines} from '../view-models/overlays/profiles-box.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines} from './use-app-state.ts';

/** The room that it has. */
type Place = {readonly width: number; readonly height: number; readonly glyphs: Glyphs};

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
	mark: {most: 0, lines: () => []},
	// And this one into the rule below the log.
	find: {most: 0, lines: () => []},
	box: {
		most: boxColumns,
		lines: (state, box, now, {width, height, glyphs}) => boxLines(state, box, now, width, height, glyphs),
	},
	actions: {
		most: boxColumns,
		lines: (state, {ref, index}, now, {width, height, glyphs}) =>
			actionMenuLines(state, ref, actionsOf(state, commandsOf(state), now), index, width, height, glyphs),
	},
	'delete-box': {
		most: boxColumns,
		lines: (state, box, now, {width, height, glyphs}) =>
			deleteBoxLines(state, box, now, width, height, glyphs),
	},
	menu: {
		most: 44,
		lines: (state, {menu, index}, _now, {width, height, glyphs}) =>
			menuLines(state, menu, index, width, height, glyphs),
	},
	copies: {
		most: boxColumns,
		lines: (state, menu, _now, {width, height, glyphs}) => copiesLines(state, menu, width, height, glyphs),
	},
	profiles: {
		most: 100,
		lines: (state, box, now, {width, height, glyphs}) =>
			profilesLines(state, box, now, width, height, glyphs),
	},
	help: {
		most: Number.POSITIVE_INFINITY,
		lines: (state, {scroll, find, typing}, _now, {width, height, glyphs}) =>
			helpLines(
				helpSections(commandsOf(state), scopeBelow(state), find),
				{scroll, find: find ?? '', typing: typing ?? false},
				width,
				height,
				glyphs,
			),
	},
	command: {
		most: boxColumns,
		lines: (state, line, _now, {width, height, glyphs}) =>
			commandLineLines(line, completionsOf(state, commandsOf(state), line), width, height, glyphs),
	},
};

const placeOf = ({screen, cancellations}: State, {kind}: Overlay) =>
	overlayPlace(screen, cancellations.length > 0, views[kind].most);

const linesOf = (state: State, now: number, glyphs: Glyphs): readonly Line[] => {
	const {overlay} = state.screen;
	if (!overlay) return [];
	const place = placeOf(state, overlay);
	const {lines} = views[overlay.kind] as OverlayView<Overlay['kind']>;
	return lines(state, overlay, now, {...place, glyphs}).slice(0, place.height);
};

/** What lies over the panes: a question, a menu, the help. The footer stays in sight. */
export const Overlays = () => {
	const lines = useLines(linesOf);
	const left = useAppState(state => (state.screen.overlay ? placeOf(state, state.screen.overlay).left : 0));
	const top = useAppState(state => {
		if (!state.screen.overlay) return 0;
		const place = placeOf(state, state.screen.overlay);
		return place.top + Math.floor((place.height - lines.length) / 2);
	});
	if (lines.length === 0) return null;
	return (
		<Box position="absolute" top={top} left={left}>
			<Lines lines={lines} />
		</Box>
	);
};
