import type {Ref} from '../../job/ref.ts';
import type {Detail, DetailTab} from '../../state/screen.ts';
import {showInFull} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';
import {profileOf} from '../../table/subject.ts';

/** What is asked for only while its tab is open. */
const onDemand = ['logs', 'results', 'requests'] as const satisfies readonly DetailTab[];

/** The job of which this is wanted: the one whose tab is open, where its system has such a thing. */
const wanted = (store: Store, tab: (typeof onDemand)[number]): Ref | undefined => {
	const state = store.getState();
	const {detail} = state.screen;
	if (detail?.tab !== tab) return undefined;
	return tab === 'requests' || profileOf(state, detail.ref)?.can[tab] ? detail.ref : undefined;
};

type Store = Pick<JobStore, 'change' | 'send' | 'getState'>;

/** Opens a job in full, turns its tabs, or closes it. What a tab shows is asked for when it is opened, and no longer than it is open. */
export const showDetail = (store: Store, detail: Detail | undefined): void => {
	const {screen} = store.getState();
	const before = new Map(onDemand.map(type => [type, wanted(store, type)]));
	const beforeRef = screen.detail?.ref;
	store.change(showInFull(detail));
	if (detail?.ref !== beforeRef) store.send({type: 'inspect', ...(detail && {ref: detail.ref})});
	for (const type of onDemand) {
		const ref = wanted(store, type);
		if (ref !== before.get(type)) store.send({type, ...(ref !== undefined && {ref})});
	}
};

/** Opens another job from the one that is open; closing it goes back there. */
export const openFrom = (store: Store, ref: Ref): void => {
	const from = store.getState().screen.detail;
	showDetail(store, {ref, tab: 'summary', scroll: 0, ...(from && {from})});
};
