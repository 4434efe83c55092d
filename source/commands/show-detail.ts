import type {Ref} from '../job/ref.ts';
import type {Detail, DetailTab} from '../store/screen.ts';
import type {JobStore} from '../store/store.ts';
import {profileOf} from '../view-models/subject.ts';

/** The job whose log, or results, are wanted: of the one whose tab is open, where its system has such a thing. */
const wanted = (store: Store, tab: DetailTab & ('logs' | 'results')): Ref | undefined => {
	const state = store.getState();
	const {detail} = state.screen;
	return detail?.tab === tab && profileOf(state, detail.ref)?.can[tab] ? detail.ref : undefined;
};

type Store = Pick<JobStore, 'change' | 'send' | 'getState'>;

/** Opens a job in full, turns its tabs, or closes it. What a tab shows is asked for when it is opened, and no longer than it is open. */
export const showDetail = (store: Store, detail: Detail | undefined): void => {
	const {screen} = store.getState();
	const before = {ref: screen.detail?.ref, logs: wanted(store, 'logs'), results: wanted(store, 'results')};
	const {wrap, find} = screen.log;
	store.change({detail, ...(detail?.ref !== before.ref && {log: {wrap, find}})});
	if (detail?.ref !== before.ref) store.send({type: 'inspect', ...(detail && {ref: detail.ref})});
	for (const type of ['logs', 'results'] as const) {
		const ref = wanted(store, type);
		if (ref !== before[type]) store.send({type, ...(ref !== undefined && {ref})});
	}
};

/** Opens another job from the one that is open; closing it goes back there. */
export const openFrom = (store: Store, ref: Ref): void => {
	const from = store.getState().screen.detail;
	showDetail(store, {ref, tab: 'summary', scroll: 0, ...(from && {from})});
};
