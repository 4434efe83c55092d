import {Box} from 'ink';
import {actionsOf} from '../commands/actions.ts';
import {scopeBelow} from '../commands/command.ts';
import {commandsOf} from '../commands/commands.ts';
import {helpSections} from '../commands/keys/help.ts';
import {completionsOf} from '../commands/keys/naming.ts';
import type {Overlay} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {boxColumns, overlayPlace, questionPlace} from '../table/layout.ts';
import type {Canvas} from '../text/canvas.ts';
import type {Line} from '../text/theme.ts';
import {actionMenuLines} from '../view-models/overlays/action-menu.ts';
import {commandLineLines} from '../view-models/overlays/command-line.ts';
import {copiesLines} from '../view-models/overlays/copies.ts';
import {helpLines} from '../view-models/overlays/help-lines.ts';
import {menuLines} from '../view-models/overlays/menus.ts';
import {questionOverlayLines} from '../view-models/overlays/open-question.ts';
import {profilesLines} from '../view-models/overlays/profiles-box.ts';
import {Lines} from './lines.tsx';
import {useAppState, useLines} from './use-app-state.ts';

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

const placeOf = ({screen, cancellations}: State, {kind}: Overlay) =>
	views[kind] === question
		? questionPlace(screen)
		: overlayPlace(screen, cancellations.length > 0, views[kind].maxWidth);

const linesOf = (state: State, screen: Canvas): readonly Line[] => {
	const {overlay} = state.screen;
	if (!overlay) return [];
	const {width, height} = placeOf(state, overlay);
	const {lines} = views[overlay.kind] as OverlayView<Overlay['kind']>;
	return lines(state, overlay, {...screen, width, height}).slice(0, height);
};

/** The overlay on the panes: a question, a menu, the help. The footer stays visible. */
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
