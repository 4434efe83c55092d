import type {JobStore} from '../../store/store.ts';
import {viewOf} from '../../table/table-view.ts';

/** Has the engine keep how the table is looked at now. */
export const keepView = (store: Pick<JobStore, 'getState' | 'send'>): void =>
	store.send({type: 'keep-view', view: viewOf(store.getState().screen)});
