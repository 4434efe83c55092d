import {keyWord} from '../../state/key-words.ts';
import type {CancelBox} from '../../state/screen.ts';
import {liveJobsWords} from '../../table/job-count.ts';
import {boxColumns, overlayPlace} from '../../table/layout.ts';
import {fitsBox, lastBoxScroll, sendWord} from '../../view-models/cancellation/cancel-question.ts';
import {canSend, isTyped} from '../../view-models/cancellation/cancel-targets.ts';
import type {Command, CommandContext, CommandQuestion, CommandScope} from '../command.ts';
import {typedBy} from '../keys/keys.ts';
import {typeText} from '../keys/typing.ts';
import {askEngine, setMarks} from '../program/acts.ts';

const boxOf = ({state}: CommandQuestion): CancelBox | undefined => {
	const {overlay} = state.screen;
	return overlay?.kind === 'box' ? overlay : undefined;
};

const placeOf = ({state}: CommandQuestion) =>
	overlayPlace(state.screen, state.cancellations.length > 0, boxColumns);

const whyNotSend = (question: CommandQuestion): string | undefined => {
	const {state, now} = question;
	const box = boxOf(question);
	if (!box || !canSend(state, box)) return 'it has ended meanwhile: there is nothing to cancel';
	// What came in one go may be a paste that the terminal did not mark as one.
	if (question.together) return 'keys that come together answer nothing; press it by itself';
	if (!isTyped(box)) return `type ${box.asks.text} first, then ${sendWord(state, box)}`;
	const {width, height} = placeOf(question);
	return fitsBox(state, box, now, width, height)
		? undefined
		: 'this screen is too small to show what would be sent';
};

/** Sends exactly the targets of the box. */
const send = (context: CommandContext) => {
	const {state, store} = context;
	const box = boxOf(context);
	if (!box) return;
	const {targets} = box;
	const reason = box.reason.trim();
	const [first] = targets;
	if (!first) return;
	const one = targets.length === 1;
	const follows = keyWord(state, 'cancellations', 'C');
	const asked = box.force ? 'asked to end by force' : 'asked to cancel';
	const who = one ? first.ref : liveJobsWords(targets);
	const word = `${asked} ${who}; ${follows} follows ${one ? 'it' : 'them'}`;
	const marks = new Set(state.screen.marks);
	for (const {ref} of targets) marks.delete(ref);
	setMarks(store, marks);
	store.change({overlay: undefined});
	askEngine(
		store,
		box.force
			? {type: 'force', refs: targets.map(({ref}) => ref)}
			: {type: 'cancel', targets, ...(reason && {reason})},
		{kind: box.force ? 'force' : 'cancel', ref: first.ref, meanwhile: `sending: ${who}`, word},
	);
};

const keep = ({store}: CommandContext) => store.change({overlay: undefined, word: 'kept: nothing was sent'});

const change = (context: CommandContext, changes: Partial<CancelBox>) => {
	const box = boxOf(context);
	if (box) context.store.change({overlay: {...box, ...changes}});
};

const look = (context: CommandContext, view: 'list' | 'dry-run') => {
	const box = boxOf(context);
	if (!box) return;
	if (view === 'dry-run') {
		const refs = box.targets.map(({ref}) => ref);
		context.store.send({type: 'dry-run', asked: box.openedAt, refs});
	}
	change(context, {view, scroll: 0});
};

const scroll = (context: CommandContext, by: number) => {
	const box = boxOf(context);
	if (!box) return;
	const {width, height} = placeOf(context);
	const last = lastBoxScroll(context.state, box, width, height);
	change(context, {scroll: Math.max(0, Math.min(last, Math.min(last, box.scroll) + by))});
};

const page = (context: CommandContext): number => Math.max(1, Math.floor(placeOf(context).height / 2));

/** The question itself, whatever has to be typed. */
const questions: readonly [CommandScope, ...CommandScope[]] = ['box', 'number-box', 'typed-box'];

export const confirmingCommands: readonly Command[] = [
	{
		id: 'send',
		scopes: ['box', 'number-box'],
		keys: ['y'],
		weight: 'sends',
		label: 'send it',
		help: 'Send exactly what the box shows, once what it asks for is typed.',
		footer: 1,
		unavailable: whyNotSend,
		run: send,
	},
	{
		id: 'send-typed',
		scopes: ['typed-box'],
		keys: ['y'],
		weight: 'sends',
		label: 'send it',
		help: 'Send exactly what the box shows, once the name of its protected profile is typed; before, a letter of that name.',
		footer: 1,
		unavailable(question) {
			const box = boxOf(question);
			return box && isTyped(box) ? whyNotSend(question) : undefined;
		},
		run(context) {
			const box = boxOf(context);
			if (box && isTyped(box)) send(context);
			else typeText(context.store, (typedBy(context.key) ?? '').repeat(context.times));
		},
	},
	{
		id: 'send-nothing',
		scopes: ['number-box', 'typed-box'],
		keys: ['enter'],
		fixedKeys: 'Enter never sends',
		label: 'nothing',
		help: 'Nothing: Enter never sends.',
		unavailable(question) {
			const box = boxOf(question);
			return box && `it sends nothing; type ${box.asks.text}, then ${sendWord(question.state, box)}`;
		},
		run: () => undefined,
	},
	{
		id: 'keep',
		scopes: ['box'],
		keys: ['n', 'escape', 'enter', 'q'],
		weight: 'keeps',
		label: 'keep it',
		help: 'Keep the job: nothing is sent.',
		footer: 2,
		run: keep,
	},
	{
		id: 'keep-counted',
		scopes: ['number-box'],
		keys: ['n', 'escape', 'q'],
		weight: 'keeps',
		label: 'keep them',
		help: 'Keep the jobs: nothing is sent.',
		footer: 2,
		run: keep,
	},
	{
		id: 'keep-protected',
		scopes: ['typed-box'],
		keys: ['escape'],
		weight: 'keeps',
		label: 'keep it',
		help: 'Keep the job: nothing is sent.',
		footer: 2,
		run: keep,
	},
	{
		id: 'list-targets',
		scopes: ['box', 'number-box'],
		keys: ['p', 'down', 'pagedown'],
		label: 'list',
		help: 'List every job that will be sent.',
		footer: 3,
		run: context => look(context, 'list'),
	},
	{
		id: 'list-protected',
		scopes: ['typed-box'],
		keys: ['down', 'pagedown'],
		label: 'list',
		help: 'List every job that will be sent.',
		footer: 3,
		run: context => look(context, 'list'),
	},
	{
		id: 'dry-run',
		scopes: ['box', 'number-box', 'box-list'],
		keys: ['D'],
		label: 'dry run',
		help: 'Tell every request that would be sent; nothing is.',
		footer: 4,
		run: context => look(context, 'dry-run'),
	},
	{
		id: 'reason',
		scopes: questions,
		keys: ['tab'],
		label: 'reason',
		help: 'Type why, for the journal and the audit file; that answers nothing.',
		footer: 5,
		run: context => change(context, {view: 'reason'}),
	},
	{
		id: 'leave-reason',
		scopes: ['reason'],
		keys: ['tab', 'enter', 'escape', 'shift+tab'],
		label: 'to the question',
		help: 'Back to the question; the reason stays.',
		footer: 1,
		run: context => change(context, {view: 'answer'}),
	},
	{
		id: 'leave-list',
		scopes: ['box-list'],
		keys: ['escape', 'p', 'q', 'n'],
		label: 'to the question',
		help: 'Back to the question.',
		footer: 1,
		run: context => change(context, {view: 'answer'}),
	},
	{
		id: 'list-down',
		scopes: ['box-list'],
		keys: ['j', 'down'],
		label: 'down',
		help: 'Scroll down.',
		footer: 2,
		run: context => scroll(context, context.times),
	},
	{
		id: 'list-up',
		scopes: ['box-list'],
		keys: ['k', 'up'],
		label: 'up',
		help: 'Scroll up.',
		footer: 3,
		run: context => scroll(context, -context.times),
	},
	{
		id: 'list-page-down',
		scopes: ['box-list'],
		keys: ['pagedown', 'ctrl+d', 'space'],
		label: 'page',
		help: 'Scroll half a page down.',
		run: context => scroll(context, context.times * page(context)),
	},
	{
		id: 'list-page-up',
		scopes: ['box-list'],
		keys: ['pageup', 'ctrl+u'],
		label: 'page up',
		help: 'Scroll half a page up.',
		run: context => scroll(context, -context.times * page(context)),
	},
	{
		id: 'list-top',
		scopes: ['box-list'],
		keys: ['g', 'home'],
		label: 'top',
		help: 'Go to the first line.',
		run: context => scroll(context, Number.NEGATIVE_INFINITY),
	},
	{
		id: 'list-bottom',
		scopes: ['box-list'],
		keys: ['G', 'end'],
		label: 'bottom',
		help: 'Go to the last line.',
		run: context => scroll(context, Number.POSITIVE_INFINITY),
	},
];
