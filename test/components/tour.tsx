/*
The tour of the demo: its steps as data, and how it shares the keyboard with a person.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {commandFor} from '../../source/commands/command.ts';
import {commands} from '../../source/commands/commands.ts';
import {captionOf, createTour, keystrokes, sequenceOf} from '../../source/components/tour.ts';
import {type TourStep, tourSteps} from '../../source/components/tour-steps.ts';
import {bindingOf, isCommandId} from '../../source/keys/bindings.ts';
import {createJobStore} from '../../source/store/store.ts';
import {wrap} from '../../source/text/width.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {type RenderedScreen, renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const emptyState = () => createJobStore({clock: createManualClock().clock, send: () => undefined}).getState();

/** The commands whose keys a step types without a job on the screen. */
const commandsIn = ({keys}: TourStep) => keys(emptyState(), 0).filter(key => typeof key === 'string');

test('each key of the tour is one that a terminal sends, and its command has it where it is typed', () => {
	const typed = tourSteps.flatMap(commandsIn);
	assert.ok(typed.length > 20);
	for (const id of typed) {
		const {scopes, keys} = bindingOf(id);
		const [key] = keys;
		assert.ok(key !== undefined && sequenceOf(key) !== undefined, id);
		assert.deepEqual(
			keystrokes(id).map(({typed}) => typed),
			[sequenceOf(key)],
		);
		assert.equal(commandFor(commands, scopes[0], key)?.id, id);
	}
});

test('each caption names commands that exist, and two lines of 80 columns hold it', () => {
	for (const step of tourSteps) {
		for (const [, id = ''] of step.caption.matchAll(/\{([^}]*)\}/g)) {
			assert.ok(isCommandId(id), `${step.name}: ${id}`);
			assert.ok(bindingOf(id).keys.length > 0, id);
		}
		const lines = wrap(captionOf(step, emptyState()), 72);
		assert.ok(lines.length <= 2, `${step.name}: ${lines.join('|')}`);
	}
});

test('no step but the one that says so sends anything', () => {
	const sending = tourSteps.filter(step =>
		commandsIn(step).some(id => bindingOf(id).risk === 'sends' || id === 'send-deletion'),
	);
	assert.deepEqual(
		sending.map(({name}) => name),
		['send'],
	);
});

const twoSteps: readonly TourStep[] = [
	{
		name: 'down',
		ready: ({rows}) => rows.length > 1,
		caption: '{down} goes to the next job.',
		keys: () => ['down'],
	},
	{
		name: 'never',
		ready: ({screen}) => screen.filter === 'what nobody types',
		optionalMs: 5000,
		caption: 'This is never said.',
		keys: () => ['cancel'],
	},
	{
		name: 'filter',
		ready: ({screen}) => screen.cursor.index === 1,
		caption: '{filter} narrows the table.',
		keys: () => ['filter', {text: 'beta'}, 'leave-filter'],
	},
];

const openTour = async (context: TestContext, steps: readonly TourStep[] = twoSteps) => {
	const screen = await renderScreen(context, {tour: createTour(1, steps)});
	await screen.receive(
		hello([profile('w')]),
		{type: 'health', health: health('w')},
		jobs(job('w/1', {name: 'alpha'}), job('w/2', {name: 'beta'})),
	);
	return screen;
};

/** Lets the time pass, as long as the caption is the same. */
const nextCaption = async ({store, advance}: RenderedScreen) => {
	const before = store.getState().screen.caption;
	for (let seconds = 0; seconds < 100; seconds++) {
		if (store.getState().screen.caption !== before) return;
		await advance(1000);
	}
	throw new Error(`the caption stays: ${before}`);
};

test('a tour types its keys once their facts are there, leaves out what is not, and hands over', async context => {
	const screen = await openTour(context);
	assert.match(screen.text(), /tour {2}j goes to the next job\./);
	const rows = screen.lines().slice(0, 20);
	await nextCaption(screen);
	assert.equal(screen.store.getState().screen.cursor.index, 1);
	assert.match(screen.text(), /tour {2}\/ narrows the table\./);
	assert.deepEqual(
		screen
			.lines()
			.slice(4, 20)
			.map(line => line.slice(2, 30)),
		rows.slice(4).map(line => line.slice(2, 30)),
		'the table does not move',
	);
	await nextCaption(screen);
	const {filter, overlay, word} = screen.store.getState().screen;
	assert.deepEqual([filter, overlay, word], ['beta', undefined, 'the tour has ended; the keys are yours']);
	assert.doesNotMatch(screen.text(), / tour {2}/);
	await screen.press('?');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'help');
});

const stopped = 'tour stopped; the keys are yours';

test('a key of the person stops the tour and does nothing else; the next one is a key', async context => {
	const screen = await openTour(context);
	await screen.press('c');
	const {caption, overlay, word} = screen.store.getState().screen;
	assert.deepEqual([caption, overlay, word], [undefined, undefined, stopped]);
	await screen.advance(100_000);
	assert.equal(screen.store.getState().screen.cursor.index, 0, 'the tour types no more');
	await screen.press('?');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'help');
});

test('a paste of the person stops the tour, in the middle of its text too', async context => {
	const screen = await openTour(context);
	await nextCaption(screen);
	for (let ms = 0; ms < 60_000 && screen.store.getState().screen.filter === ''; ms += 50)
		await screen.advance(50);
	assert.equal(screen.store.getState().screen.filter, 'b');
	await screen.paste('x');
	assert.equal(screen.store.getState().screen.word, stopped);
	await screen.advance(100_000);
	assert.equal(screen.store.getState().screen.filter, 'b');
});

test('Ctrl-C stops the tour and is a key as well', async context => {
	const screen = await openTour(context);
	await screen.press('\u0003');
	assert.equal(screen.store.getState().screen.caption, undefined);
	await screen.press('\u0003');
	assert.deepEqual(screen.quits, ['insisted']);
});

test('what the terminal reports by itself does not stop the tour', async context => {
	const screen = await openTour(context);
	await screen.press('\u001b[I', '\u001b[O');
	assert.match(screen.store.getState().screen.caption ?? '', /next job/);
});

test('a tour whose facts never come says so and hands over', async context => {
	const [, never] = twoSteps;
	assert.ok(never);
	const {optionalMs: _, ...needed} = never;
	const screen = await openTour(context, [needed]);
	await screen.advance(60_000);
	assert.equal(screen.store.getState().screen.word, 'the tour cannot go on here; the keys are yours');
	await screen.press('?');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'help');
});
