/*
What lies over the panes, and where: for the components that draw it, and for the mouse.
*/
import type {Overlay} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {boxColumns, maxBoxColumns, overlayPlace, type Place} from '../table/layout.ts';
import {zoneOf} from '../table/time-zone.ts';
import type {Canvas} from '../text/canvas.ts';
import {entryOf} from '../text/line.ts';
import {rememberedLast} from '../text/remembered.ts';
import {asciiGlyphs, type Line} from '../text/theme.ts';
import type {Cell} from '../view-models/frame/mouse-target.ts';
import {actionMenuLines} from '../view-models/overlays/action-menu.ts';
import {placeThatFits} from '../view-models/overlays/box-place.ts';
import {commandLineLines} from '../view-models/overlays/command-line.ts';
import {copiesLines} from '../view-models/overlays/copies.ts';
import {helpLines} from '../view-models/overlays/help-lines.ts';
import {menuLines} from '../view-models/overlays/menus.ts';
import {questionArea, questionOverlayLines} from '../view-models/overlays/open-question.ts';
import {profilesLines} from '../view-models/overlays/profiles-box.ts';
import {actionsOf} from './actions.ts';
import {scopeBelow} from './command.ts';
import {commandsOf} from './commands.ts';
import {helpSections} from './keys/help.ts';
import {completionsOf} from './keys/naming.ts';

type OverlayView<Kind extends Overlay['kind']> = {
	/** Its width in cells, if the screen has room. */
	readonly maxWidth: number;
	readonly lines: (state: State, overlay: Extract<Overlay, {kind: Kind}>, canvas: Canvas) => readonly Line[];
};

const question = {maxWidth: boxColumns, lines: questionOverlayLines};

const views: {readonly [Kind in Overlay['kind']]: OverlayView<Kind>} = {
	// Its input is in the rule above the table.
	filter: {maxWidth: 0, lines: () => []},
	mark: {maxWidth: 0, lines: () => []},
	// And this one in the rule below the log.
	find: {maxWidth: 0, lines: () => []},
	box: question,
	actions: {
		maxWidth: boxColumns,
		lines: (state, menu, canvas) =>
			actionMenuLines(state, menu, actionsOf(state, commandsOf(state), canvas.now), canvas),
	},
	'delete-box': question,
	'dismiss-box': question,
	menu: {maxWidth: 44, lines: menuLines},
	copies: {maxWidth: boxColumns, lines: copiesLines},
	profiles: {maxWidth: 100, lines: profilesLines},
	help: {
		maxWidth: Number.POSITIVE_INFINITY,
		lines: (state, {scroll, find, typing}, canvas) =>
			helpLines(
				helpSections(commandsOf(state), scopeBelow(state), find),
				{scroll, find: find ?? '', typing: typing ?? false},
				canvas,
			),
	},
	command: {
		maxWidth: boxColumns,
		lines: (state, line, canvas) =>
			commandLineLines(state, line, completionsOf(state, commandsOf(state), line), canvas),
	},
};

/** The area of the overlay: a box grows to fit its text. */
const placeOf = rememberedLast((state: State, overlay: Overlay, now: number): Place => {
	const {screen, cancellations} = state;
	if (overlay.kind === 'box' || overlay.kind === 'delete-box' || overlay.kind === 'dismiss-box')
		return questionArea(state, overlay, now);
	const {lines, maxWidth} = views[overlay.kind] as OverlayView<Overlay['kind']>;
	const placeIn = (width: number) => overlayPlace(screen, cancellations.length > 0, width);
	const usual = placeIn(maxWidth);
	if (overlay.kind === 'command') return usual;
	const moment = {now, zone: zoneOf(state)};
	return placeThatFits(usual, placeIn(maxBoxColumns), canvas => lines(state, overlay, canvas), moment);
});

/** The lines of the open overlay. */
export const overlayLines = (state: State, screen: Canvas): readonly Line[] => {
	const {overlay} = state.screen;
	if (!overlay) return [];
	const {width, height} = placeOf(state, overlay, screen.now);
	const {lines} = views[overlay.kind] as OverlayView<Overlay['kind']>;
	return lines(state, overlay, {...screen, width, height}).slice(0, height);
};

/** The first cell of the open overlay, and the line of the screen that its first of `length` lines is in: it stands in the middle of its place. */
export const overlayCorner = (
	state: State,
	length: number,
	now: number,
): {readonly left: number; readonly top: number} => {
	if (!state.screen.overlay) return {left: 0, top: 0};
	const {left, top, height} = placeOf(state, state.screen.overlay, now);
	return {left, top: top + Math.floor((height - length) / 2)};
};

/** The index of the entry of the open menu that is drawn at a cell of the screen, or undefined. */
export const overlayEntryAt = (state: State, {column, row}: Cell, now: number): number | undefined => {
	const {overlay, size} = state.screen;
	if (!overlay) return undefined;
	// The glyphs of both sets have equal widths.
	const canvas = {width: size.columns, height: size.rows, glyphs: asciiGlyphs, now, zone: zoneOf(state)};
	const lines = overlayLines(state, canvas);
	const {left, top} = overlayCorner(state, lines.length, now);
	const {width} = placeOf(state, overlay, now);
	const line = lines[row - top];
	return line && column >= left && column < left + width ? entryOf(line) : undefined;
};
