import type {CommandContext, CommandDefinition} from './command.ts';

/** A command that scrolls by lines, by pages, or to an end. This also gives its label, unless it has its own. */
type Step = Pick<CommandDefinition, 'id' | 'help' | 'footer'> & {readonly label?: string} & (
		| {readonly lines: 1 | -1}
		| {readonly pages: 1 | -1}
		| {readonly to: 'top' | 'bottom'}
	);

/** The scrolled text. */
type Scroller = {
	/** Lines that a page key scrolls. */
	readonly page: (context: CommandContext) => number;
	/** Scrolls by this many lines; infinity scrolls to an end. */
	readonly scroll: (context: CommandContext, by: number) => void;
};

const distance = (step: Step, {page}: Scroller, context: CommandContext): number => {
	if ('to' in step) return step.to === 'top' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return 'lines' in step ? step.lines * context.times : step.pages * context.times * page(context);
};

const labelOf = (step: Step): string => {
	if ('to' in step) return step.to;
	if ('lines' in step) return step.lines > 0 ? 'down' : 'up';
	return step.pages > 0 ? 'page' : 'page up';
};

/** The commands that scroll something, in the order of these steps. */
export const scrollCommands = (steps: readonly Step[], scroller: Scroller): readonly CommandDefinition[] =>
	steps.map(step => ({
		id: step.id,
		label: step.label ?? labelOf(step),
		help: step.help,
		...(step.footer !== undefined && {footer: step.footer}),
		run: context => scroller.scroll(context, distance(step, scroller, context)),
	}));

/** How to scroll a text; `footer` is the position of the first step in the footer. */
export const textSteps = (scope: 'list' | 'help', footer: number): readonly Step[] => [
	{id: `${scope}-down`, help: 'Scroll down.', footer, lines: 1},
	{id: `${scope}-up`, help: 'Scroll up.', footer: footer + 1, lines: -1},
	{id: `${scope}-page-down`, help: 'Scroll half a page down.', pages: 1},
	{id: `${scope}-page-up`, help: 'Scroll half a page up.', pages: -1},
	{id: `${scope}-top`, help: 'Scroll to the beginning.', to: 'top'},
	{id: `${scope}-bottom`, help: 'Scroll to the end.', to: 'bottom'},
];
