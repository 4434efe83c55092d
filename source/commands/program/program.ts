import {overlayPlace} from '../../table/layout.ts';
import {themeNames} from '../../view-models/frame/theme-names.ts';
import {helpContent} from '../../view-models/overlays/help-lines.ts';
import {type CommandContext, type CommandDefinition, scopeBelow} from '../command.ts';
import {helpSections} from '../keys/help.ts';

/** Within how many milliseconds a second Ctrl-C quits. */
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
	const last = Math.max(0, content.length - (overlay.find ? height - 1 : height));
	store.change({overlay: {...overlay, scroll: Math.max(0, Math.min(last, overlay.scroll + by))}});
};

const page = ({state}: CommandContext): number => Math.max(1, Math.floor(state.screen.size.rows / 2));

export const programCommands: readonly CommandDefinition[] = [
	{
		id: 'help',
		label: 'help',
		help: 'Show all keys, those of this place first.',
		byName: {names: ['h']},
		run: ({store}) => store.change({overlay: {kind: 'help', scroll: 0}}),
	},
	{
		id: 'help-down',
		label: 'down',
		help: 'Scroll down.',
		footer: 1,
		run: context => scrollHelp(context, context.times),
	},
	{
		id: 'help-up',
		label: 'up',
		help: 'Scroll up.',
		footer: 2,
		run: context => scrollHelp(context, -context.times),
	},
	{
		id: 'help-page-down',
		label: 'page',
		help: 'Scroll half a page down.',
		run: context => scrollHelp(context, context.times * page(context)),
	},
	{
		id: 'help-page-up',
		label: 'page up',
		help: 'Scroll half a page up.',
		run: context => scrollHelp(context, -context.times * page(context)),
	},
	{
		id: 'help-find',
		label: 'find',
		help: 'Look for words in the help.',
		footer: 3,
		run({state, store}) {
			const {overlay} = state.screen;
			if (overlay?.kind === 'help') store.change({overlay: {...overlay, typing: true}});
		},
	},
	{
		id: 'help-found',
		label: 'keep',
		help: 'Back to the help; it tells only of what is looked for. Esc there tells all again.',
		footer: 1,
		run({state, store}) {
			const {overlay} = state.screen;
			if (overlay?.kind !== 'help') return;
			const {typing: _typing, ...rest} = overlay;
			store.change({overlay: rest});
		},
	},
	{
		id: 'close-help',
		label: 'close',
		help: 'Close the help; Esc first tells all again where words are looked for.',
		footer: 4,
		run: ({state, store, key}) =>
			store.change({
				overlay:
					key === 'escape' && state.screen.overlay?.kind === 'help' && state.screen.overlay.find
						? {kind: 'help', scroll: 0}
						: undefined,
			}),
	},
	{
		id: 'quit',
		label: 'quit',
		help: 'Quit. Cancellations on their way stay in the journal and are taken up by the next start.',
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
			store.change({
				overlay: undefined,
				leavingAt: now,
				word: 'Ctrl-C again quits; cancellations stay in the journal',
			});
		},
	},
	{
		id: 'suspend',
		label: 'suspend',
		help: 'Back to the shell until fg. Cancellations are not followed meanwhile.',
		run: ({host}) => host.suspend(),
	},
	{
		id: 'theme',
		label: 'theme',
		help: 'Draw in other colours, until the end of this run.',
		byName: {argument: {what: 'theme', needed: true, choices: () => themeNames}},
		run({store, argument}) {
			if (argument !== undefined) store.change({theme: argument});
		},
	},
	{
		id: 'redraw',
		label: 'redraw',
		help: 'Draw the screen anew.',
		run: ({host}) => host.redraw(),
	},
];
