import {useState, useSyncExternalStore} from 'react';
import {useStore} from 'zustand';
import type {State} from '../state/state.ts';
import {zoneOf} from '../table/time-zone.ts';
import type {Canvas} from '../text/canvas.ts';
import {rememberedLast} from '../text/remembered.ts';
import type {Line, Theme} from '../text/theme.ts';
import {useScreen} from './context.ts';

/** A part of the state; the component renders again only when that part changes. */
export const useAppState = <Part>(select: (state: State) => Part): Part =>
	useStore(useScreen().store, select);

/** Epoch milliseconds of the last tick. */
const useNow = (): number => {
	const {ticker} = useScreen();
	return useSyncExternalStore(ticker.subscribe, ticker.now);
};

/**
Text derived only from the state, the time and the theme: computed once for each combination, however often React renders. Equal text is not drawn again. `compute` must be the same function for the whole life of a component.
*/
export const useText = (compute: (state: State, now: number, theme: Theme) => string): string => {
	const {theme} = useScreen();
	const now = useNow();
	const [remembered] = useState(() => rememberedLast(compute));
	return useAppState(state => remembered(state, now, theme));
};

/** The whole screen. */
const canvasOf = (state: State, now: number, {glyphs}: Theme): Canvas => ({
	width: state.screen.size.columns,
	height: state.screen.size.rows,
	glyphs,
	now,
	zone: zoneOf(state),
});

/** The same as lines; the canvas is the whole screen. */
export const useLines = (compute: (state: State, canvas: Canvas) => readonly Line[]): readonly string[] => {
	const text = useText((state, now, theme) =>
		compute(state, canvasOf(state, now, theme))
			.map(line => theme.paint(line))
			.join('\n'),
	);
	return text === '' ? [] : text.split('\n');
};
