import type {Patch} from '../engine/protocol.ts';
import {whyAnother} from '../job/identity.ts';
import type {Ref} from '../job/ref.ts';
import {type ShownJob, targetOf} from '../job/target.ts';
import type {Act} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {rememberedBy} from '../text/remembered.ts';

/** Jobs that undo would mark again. */
const undoableMarks = rememberedBy(
	(acts: readonly Act[]): ReadonlySet<Ref> =>
		new Set(
			acts.flatMap(act => (act.kind === 'marks' ? act.removed : act.kind === 'dismiss' ? act.unmarked : [])),
		),
);

/** A mark belongs to one job: another job that gets its id is not marked, nor marked by undo. */
export const createMarkKeeper = () => {
	/** Unlisted jobs that are marked, or would be by undo, as they last were. */
	const removed = new Map<Ref, ShownJob>();

	/** The marked refs that these patches assign to other jobs. Call it before applying the patches. */
	return ({known, screen}: State, patches: readonly Patch[]): ReadonlySet<Ref> => {
		const {marks, acts} = screen;
		const replaced = new Set<Ref>();
		const undoable = undoableMarks(acts);
		if (marks.size === 0 && undoable.size === 0) {
			removed.clear();
			return replaced;
		}
		const isKept = (ref: Ref) => marks.has(ref) || undoable.has(ref);
		for (const patch of patches) {
			if (patch.type !== 'jobs') continue;
			for (const ref of patch.removes) {
				const job = isKept(ref) ? known.jobs.byRef.get(ref) : undefined;
				if (job) removed.set(ref, targetOf(job));
			}
			for (const job of patch.upserts) {
				if (!isKept(job.ref)) continue;
				const before = known.jobs.byRef.get(job.ref);
				const shown = before ? targetOf(before) : removed.get(job.ref);
				removed.delete(job.ref);
				if (shown && whyAnother(shown, job) !== undefined) replaced.add(job.ref);
			}
		}
		return replaced;
	};
};
