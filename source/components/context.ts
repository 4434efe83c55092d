import {createContext, useContext} from 'react';
import type {Clock} from '../process/clock.ts';
import type {JobStore} from '../store/store.ts';
import type {Theme} from '../text/theme.ts';
import type {Ticker} from './ticker.ts';

/** The inputs of every part of the screen. */
export type ScreenContext = {
	readonly store: JobStore;
	readonly clock: Clock;
	readonly theme: Theme;
	readonly ticker: Ticker;
};

export const Context = createContext<ScreenContext | undefined>(undefined);

export const useScreen = (): ScreenContext => {
	const context = useContext(Context);
	if (!context) throw new Error('a component is rendered outside of the screen context');
	return context;
};
