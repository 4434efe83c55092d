import {useSyncExternalStore} from 'react';
import {useStore} from 'zustand';
import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {useScreen} from './context.ts';

/** A part of the state; the component is drawn again only when that part is another. */
export const useAppState = <Part>(select: (state: State) => Part): Part =>
	useStore(useScreen().store, select);

/** Epoch milliseconds, once a second. */
export const useNow = (): number => {
	const {ticker} = useScreen();
	return useSyncExternalStore(ticker.subscribe, ticker.now);
};

/** Lines that follow from the state and the time. As one text they compare by themselves: what reads the same is not drawn again. */
export const useLines = (
	compute: (state: State, now: number, glyphs: Glyphs) => readonly Line[],
): readonly string[] => {
	const {theme} = useScreen();
	const now = useNow();
	const text = useAppState(state =>
		compute(state, now, theme.glyphs)
			.map(line => theme.paint(line))
			.join('\n'),
	);
	return text === '' ? [] : text.split('\n');
};
