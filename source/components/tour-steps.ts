/*
The tour of the demo, as data: what it says, which keys it types, and what the screen must show before. Nothing here is timed: a step begins once its facts are there.
*/
import type {CommandId} from '../keys/bindings.ts';
import type {State} from '../state/state.ts';
import {isOnItsWay, needsUser} from '../table/cancellation-words.ts';
import {whyNotAnswer} from '../view-models/overlays/open-question.ts';

/** A command, by its first key, or a text that is typed letter by letter. */
export type TourKey = CommandId | {readonly text: string};

export type TourStep = {
	readonly name: string;
	/** What the screen must show before the step begins. */
	readonly ready: (state: State) => boolean;
	/** How long the tour waits before it leaves this step out, in milliseconds; without it, the tour cannot go on. */
	readonly optionalMs?: number;
	/** What the keys do, and why. `{id}` stands for the key of a command. */
	readonly caption: string;
	/** The keys, typed once the caption could be read; the time is in epoch milliseconds. */
	readonly keys: (state: State, now: number) => readonly TourKey[];
};

/** Without Tapis, whose jobs take minutes to stop. */
const query = 'state:running age>10m -profile:tapis';
const failedQuery = 'state:failed';

/** The cancellation question, if it is open and can be answered. */
const boxOf = ({screen: {overlay}}: State) =>
	overlay?.kind === 'box' && overlay.view === 'answer' ? overlay : undefined;

const isTable = ({screen}: State): boolean =>
	screen.pane === 'table' && screen.overlay === undefined && screen.detail === undefined;

const isPane = ({screen}: State): boolean => screen.pane === 'cancellations' && screen.overlay === undefined;

const repeat = (times: number, key: TourKey): readonly TourKey[] => Array.from({length: times}, () => key);

const noKeys = (): readonly TourKey[] => [];

export const tourSteps: readonly TourStep[] = [
	{
		name: 'table',
		ready: state =>
			isTable(state) &&
			state.rows.length > 0 &&
			state.known.profiles.every(
				({name}) => (state.known.health.get(name)?.state ?? 'loading') !== 'loading',
			),
		caption:
			'All your jobs, on every system, in one live table. {down} and {up} move the cursor. Press any key to end this tour.',
		keys: () => repeat(4, 'down'),
	},
	{
		name: 'overdue',
		ready: ({cancellations}) => cancellations.some(needsUser),
		optionalMs: 15_000,
		caption:
			'An earlier cancellation did not end its job. The first line says that it needs you, and names the key that shows it.',
		keys: noKeys,
	},
	{
		name: 'filter',
		ready: isTable,
		caption:
			'{filter} filters: by words, or by fields such as state and age. A minus excludes: here the jobs on Tapis.',
		keys: () => ['filter', {text: query}, 'leave-filter'],
	},
	{
		name: 'mark',
		ready: state => isTable(state) && state.screen.filter === query && state.order.inView.length > 1,
		caption:
			'{mark} marks a job. A mark stays on its job, however the table is sorted or refreshed. The last line counts the jobs.',
		keys: () => ['top', ...repeat(6, 'mark')],
	},
	{
		name: 'cancel',
		ready: state => isTable(state) && state.screen.marks.size > 1,
		caption: '{cancel} asks to cancel what is marked. It only opens a question; nothing is sent yet.',
		keys: () => ['cancel'],
	},
	{
		name: 'number',
		ready: state => boxOf(state)?.asks.kind === 'number',
		optionalMs: 3000,
		caption:
			'The question says what can be lost on each system. For jobs on several systems, you type their number.',
		keys: state => [{text: boxOf(state)?.asks.text ?? ''}],
	},
	{
		name: 'send',
		ready: state => {
			const box = boxOf(state);
			return box !== undefined && box.typed === box.asks.text;
		},
		caption:
			'{send} cancels exactly these jobs, even if the table has changed meanwhile. Enter never cancels.',
		keys: (state, now) => [
			...repeat(whyNotAnswer(state, now) === undefined ? 0 : 4, 'question-down'),
			'send',
		],
	},
	{
		name: 'pane',
		ready: state => isTable(state) && state.screen.marks.size === 0 && state.cancellations.some(isOnItsWay),
		caption:
			'jobtop writes each request to a journal before it leaves. {cancellations} shows what became of the jobs.',
		keys: () => ['cancellations'],
	},
	{
		name: 'needs-you',
		ready: state => isPane(state) && state.run !== undefined && state.run.place < state.run.of,
		optionalMs: 2000,
		caption:
			'The batch that needs you comes first; {retry} asks again for its overdue job. {later-batch} shows the next batch: yours.',
		keys: () => ['later-batch'],
	},
	{
		name: 'follow',
		ready: state =>
			isPane(state) &&
			state.run?.place === state.run?.of &&
			(state.run?.reports.some(({step}) => step === 'settled') ?? false),
		caption:
			'An accepted request does not mean that the job has ended. jobtop checks each job until its own record says so.',
		keys: () => repeat(2, 'down'),
	},
	{
		name: 'followed',
		ready: state => isPane(state) && (state.run?.reports.every(({step}) => step === 'settled') ?? false),
		optionalMs: 10_000,
		caption: 'Every job of this batch has ended. The list says how, and when.',
		keys: noKeys,
	},
	{
		name: 'back',
		ready: isPane,
		caption:
			'A job may take minutes to stop. jobtop follows it in every view, and {close-cancellations} goes back to the table.',
		keys: () => ['close-cancellations'],
	},
	{
		name: 'failed',
		ready: isTable,
		caption: '{scope} chooses which jobs the table shows: here those that have failed.',
		keys: () => ['scope', ...repeat(4, 'menu-down'), 'choose'],
	},
	{
		name: 'why',
		ready: state => isTable(state) && state.screen.filter === failedQuery && state.rows.length > 0,
		caption:
			'{inspect} opens the details of a job: why it failed, when what happened, its log and its record.',
		keys: () => ['top', 'inspect'],
	},
	{
		name: 'leave',
		ready: ({screen}) => screen.detail !== undefined && screen.overlay === undefined,
		caption:
			'{next-tab} shows the next tab: here the timeline. {close-detail} goes back, and once more shows all jobs again.',
		keys: () => ['next-tab', 'close-detail', 'widen'],
	},
	{
		name: 'help',
		ready: state => isTable(state) && state.screen.filter === '',
		caption: '{help} lists all keys, first those that work where you are.',
		keys: () => ['help', 'help-page-down'],
	},
	{
		name: 'quit',
		ready: ({screen}) => screen.overlay?.kind === 'help' && screen.overlay.scroll > 0,
		caption: '{close-help} goes back, here and everywhere. In the table, {quit} quits.',
		keys: () => ['close-help'],
	},
];
