import type {JobStore} from '../store/store.ts';
import {usesMouse} from '../table/mouse.ts';
import type {TerminalReports} from './terminal-reports.ts';

/** Has the terminal report the mouse while clicks and the wheel mean something. Returns the function that ends this. */
export const followMouse = (
	store: Pick<JobStore, 'getState' | 'subscribe'>,
	reports: Pick<TerminalReports, 'wantMouse'>,
): (() => void) => {
	const follow = () => reports.wantMouse(usesMouse(store.getState()));
	follow();
	const unsubscribe = store.subscribe(follow);
	return () => {
		unsubscribe();
		reports.wantMouse(false);
	};
};
