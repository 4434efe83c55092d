import {
	askToLeave,
	closeOverlay,
	drawIn,
	openOverlay,
	say,
	scrollOverlay,
	showTimesIn,
	turnMouse,
	typeHelpFind,
} from '../../state/transitions.ts';
import {overlayPlace} from '../../table/layout.ts';
import {wantsMouse} from '../../table/mouse.ts';
import {timeZones} from '../../text/times.ts';
import {themeNames} from '../../view-models/frame/theme-names.ts';
import {helpContent, helpRoom} from '../../view-models/overlays/help-lines.ts';
import {type CommandContext, type CommandDefinition, scopeBelow} from '../command.ts';
import {helpSections} from '../keys/help.ts';
import {scrollCommands, textSteps} from '../scrolling.ts';

/** A second Ctrl-C within this many milliseconds quits. */
const insistMs = 2000;

const scrollHelp = ({state, store, commands}: CommandContext, by: number) => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'help') return;
	const {width, height} = overlayPlace(
		state.screen,
		state.cancellations.length > 0,
		Number.POSITIVE_INFINITY,
	);
	const content = helpContent(helpSections(commands, scopeBelow(state), overlay.find), width);
	const last = Math.max(0, content.length - helpRoom(height));
	store.change(scrollOverlay(by, last));
};

const page = ({state}: CommandContext): number => Math.max(1, Math.floor(state.screen.size.rows / 2));

export const programCommands: readonly CommandDefinition[] = [
	{
		id: 'help',
		label: 'help',
		help: 'Show all keys, first the ones that work here.',
		byName: {names: ['h']},
		run: ({store}) => store.change(openOverlay({kind: 'help', scroll: 0})),
	},
	...scrollCommands(textSteps('help', 1), {page, scroll: scrollHelp}),
	{
		id: 'help-find',
		label: 'find',
		help: 'Search the help.',
		footer: 3,
		run: ({store}) => store.change(typeHelpFind(true)),
	},
	{
		id: 'help-found',
		label: 'keep',
		help: 'Go back to the matches; Esc shows the whole help again.',
		footer: 1,
		run: ({store}) => store.change(typeHelpFind(false)),
	},
	{
		id: 'close-help',
		label: 'close',
		help: 'Close the help; Esc clears a search first.',
		footer: 4,
		run({state, store, key}) {
			const {overlay} = state.screen;
			const clears = key === 'escape' && overlay?.kind === 'help' && overlay.find;
			store.change(clears ? openOverlay({kind: 'help', scroll: 0}) : closeOverlay);
		},
	},
	{
		id: 'quit',
		label: 'quit',
		help: 'Quit. Cancellations in progress stay in the journal, and the next start resumes them.',
		byName: {names: ['q', 'q!', 'exit'], everywhere: true},
		run: ({host}) => host.quit('asked'),
	},
	{
		id: 'interrupt',
		label: 'quit',
		help: 'Twice within two seconds: quit at once.',
		run({state, store, host, now, times}) {
			const {leavingAt} = state.screen;
			if (times > 1 || (leavingAt !== undefined && now - leavingAt <= insistMs)) return host.quit('insisted');
			const word = 'Ctrl-C again quits; cancellations stay in the journal';
			store.change(closeOverlay, askToLeave(now), say(word));
		},
	},
	{
		id: 'suspend',
		label: 'suspend',
		help: 'Suspend jobtop until fg. It does not follow cancellations meanwhile.',
		run: ({host}) => host.suspend(),
	},
	{
		id: 'theme',
		label: 'theme',
		help: 'Change the colours until you quit.',
		byName: {argument: {what: 'theme', needed: true, choices: () => themeNames}},
		run({store, argument}) {
			if (argument !== undefined) store.change(drawIn(argument));
		},
	},
	{
		id: 'time-zone',
		label: 'time zone',
		help: 'Show times in the zone of the terminal, or in UTC, until you quit.',
		byName: {argument: {what: 'zone', needed: true, choices: () => timeZones}},
		run({store, argument}) {
			if (argument !== undefined) store.change(showTimesIn(argument));
		},
	},
	{
		id: 'mouse',
		label: 'mouse',
		help: 'Turn the mouse on or off until you quit: the wheel scrolls, a click selects. While it is on, the terminal selects text only with Shift.',
		byName: {},
		run({state, store}) {
			const turnsOn = !wantsMouse(state);
			const words = turnsOn
				? 'the mouse is on; Shift and drag selects text'
				: 'the mouse is off; drag selects text';
			store.change(turnMouse(turnsOn), say(words));
		},
	},
	{
		id: 'redraw',
		label: 'redraw',
		help: 'Redraw the screen.',
		run: ({host}) => host.redraw(),
	},
];
