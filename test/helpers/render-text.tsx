/*
The screen as text at 80x24, rendered by ink-testing-library: for tests of words and intentions. What is about escapes, sizes, pastes, styles or the alternate screen takes render-screen.tsx.
*/
import assert from 'node:assert/strict';
import type {TestContext} from 'node:test';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {stripVTControlCharacters} from 'node:util';
import {render} from 'ink-testing-library';
import {App} from '../../source/components/app.tsx';
import type {Intention, Patch} from '../../source/engine/protocol.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createTheme} from '../../source/text/theme.ts';
import {createManualClock} from './manual-clock.ts';

const theme = createTheme({colour: true, ascii: false});
const size = {columns: 80, rows: 24};
/** There is no terminal that could report anything. */
const reports = {
	start: () => undefined,
	leave: () => undefined,
	wantMouse: () => undefined,
	hasMouse: () => false,
	without: <T,>(use: () => Promise<T>) => use(),
};

export const renderText = async (context: TestContext) => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const quits: string[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	store.resize(size);
	const watching = {
		reports,
		withoutAnswers: (use: () => Promise<void>) => use(),
		keyPressed: () => undefined,
		inputReleased: async () => undefined,
		dropTypedAhead: () => undefined,
	};
	const quit = (how: string) => quits.push(how);
	const {stdin, lastFrame, unmount, cleanup} = render(
		<App store={store} clock={clock} theme={theme} quit={quit} watching={watching} />,
	);
	context.after(() => {
		unmount();
		cleanup();
	});
	const settle = async () => {
		await advance(0);
		// React's own tasks come one turn of the loop later, and what they change another one.
		for (let turn = 0; turn < 2; turn++) await nextTurn();
	};
	await settle();

	const nextUpdate = () =>
		new Promise<void>(resolve => {
			const stop = store.subscribe(() => {
				stop();
				resolve();
			});
		});
	/** The screen as lines, without the blanks at their ends. */
	const lines = (): string[] => {
		const shown = stripVTControlCharacters(lastFrame() ?? '').split('\n');
		assert.ok(shown.length <= size.rows, 'the frame is no taller than the screen');
		return Array.from({length: size.rows}, (_, row) => shown[row]?.trimEnd() ?? '');
	};
	return {
		store,
		clock,
		sent,
		quits,
		lines,
		text: () => lines().join('\n'),
		async receive(...patches: readonly Patch[]) {
			store.receive(patches);
			await settle();
		},
		/** Every string is one input event, as a terminal would send it. */
		async press(...inputs: readonly string[]) {
			for (const input of inputs) {
				// A bare Escape comes a little later: Ink waits whether it is the beginning of an arrow key.
				const came = input.endsWith('\u001b') ? nextUpdate() : undefined;
				stdin.write(input);
				await came;
				await settle();
			}
		},
		async advance(ms: number) {
			await advance(ms);
			await settle();
		},
		settle,
	};
};
