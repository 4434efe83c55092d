import type {Ref} from '../../job/ref.ts';
import type {Detail, DetailTab} from '../../state/screen.ts';
import {showInFull} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';
import {profileOf} from '../../table/subject.ts';

/** What the engine requests only while its tab is open. */
const onDemand = ['logs', 'results', 'requests'] as const satisfies readonly DetailTab[];

/** The job to request it for: the job with the open tab, if its system provides it. */
const requestedJob = (store: Store, tab: (typeof onDemand)[number]): Ref | undefined => {
	const state = store.getState();
	const {detail} = state.screen;
	if (detail?.tab !== tab) return undefined;
	return tab === 'requests' || profileOf(state, detail.ref)?.can[tab] ? detail.ref : undefined;
};

type Store = Pick<JobStore, 'change' | 'send' | 'getState'>;

/** Opens the details of a job, changes the tab, or closes them. The engine requests the content of a tab only while the tab is open. */
export const showDetail = (store: Store, detail: Detail | undefined): void => {
	const {screen} = store.getState();
	const before = new Map(onDemand.map(type => [type, requestedJob(store, type)]));
	const beforeRef = screen.detail?.ref;
	store.change(showInFull(detail));
	if (detail?.ref !== beforeRef) store.send({type: 'inspect', ...(detail && {ref: detail.ref})});
	for (const type of onDemand) {
		const ref = requestedJob(store, type);
		if (ref !== before.get(type)) store.send({type, ...(ref !== undefined && {ref})});
	}
};

/** Opens another job from the open one; closing it returns there. */
export const openFrom = (store: Store, ref: Ref): void => {
	const from = store.getState().screen.detail;
	showDetail(store, {ref, tab: 'summary', scroll: 0, ...(from && {from})});
};
