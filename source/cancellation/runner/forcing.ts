/*
Force-cancels jobs that are already being cancelled, because the user asked for it.
*/
import type {Ref} from '../../job/ref.ts';
import type {Dispatch, Entries} from './entries.ts';

export type ForcingOptions = {
	readonly entries: Pick<Entries, 'openOf'>;
	readonly dispatch: Dispatch;
};

/** Creates the function that force-cancels. It returns the refs whose backends cannot, or without a followed request to cancel. */
export const createForcing =
	({entries, dispatch}: ForcingOptions) =>
	(refs: readonly Ref[]): readonly Ref[] =>
		refs.filter(ref => {
			const open = entries.openOf(ref).filter(({batch}) => batch.operation === 'cancel');
			if (!open.some(({lane}) => lane?.connection.backend.forceCancel)) return true;
			const before = open.map(({state}) => state);
			for (const entry of open) dispatch(entry, {type: 'forced'});
			return open.every(({state}, index) => state === before[index]);
		});
