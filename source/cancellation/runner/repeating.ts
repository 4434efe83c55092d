/*
Asks again for jobs that are still alive after a request, because the user asked for it.
*/
import type {Operation} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Dispatch, Entries} from './entries.ts';
import type {Reports} from './reports.ts';

export type RepeatingOptions = {
	readonly entries: Pick<Entries, 'isSuperseded' | 'openOf'>;
	readonly reports: Pick<Reports, 'note'>;
	readonly dispatch: Dispatch;
};

/** Whether a confirmed job may be the followed one: its submission is the same, or not known. */
const isSubmission = (followed: JobTarget, confirmed: JobTarget): boolean =>
	isEqualIfKnown(followed.submittedAt, confirmed.submittedAt) && isEqualIfKnown(followed.uid, confirmed.uid);

const isEqualIfKnown = <Value>(one: Value | undefined, other: Value | undefined): boolean =>
	one === undefined || other === undefined || one === other;

/** Creates the function that asks again where that may help, after a look at each job. It returns the refs for which it does. */
export const createRepeating =
	({entries, reports, dispatch}: RepeatingOptions) =>
	(targets: readonly JobTarget[], operation: Operation): readonly Ref[] =>
		targets.flatMap(target => {
			const {ref} = target;
			const again = entries.openOf(ref).filter(entry => {
				if (entry.batch.operation !== operation) return false;
				if (!isSubmission(entry.target, target) || entries.isSuperseded(entry)) return false;
				const before = entry.state;
				dispatch(entry, {type: 'repeated'});
				if (entry.state === before) return false;
				reports.note(entry, 'asked', 'asked again');
				return true;
			});
			return again.length > 0 ? [ref] : [];
		});
