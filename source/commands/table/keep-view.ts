import type {JobStore} from '../../store/store.ts';
import {viewOf} from '../../table/table-view.ts';

/** Has the engine save the current view of the table. */
export const keepView = (store: Pick<JobStore, 'getState' | 'send'>): void =>
	store.send({type: 'keep-view', view: viewOf(store.getState().screen)});
