import type {Patch} from '../engine/protocol.ts';
import {whyAnother} from '../job/identity.ts';
import type {Ref} from '../job/ref.ts';
import {type ShownJob, targetOf} from '../job/target.ts';
import type {State} from '../state/state.ts';

/** A mark is of one job: another one that comes to have its id is not marked. */
export const createMarkKeeper = () => {
	/** Marked jobs that are listed no more, as they were. */
	const gone = new Map<Ref, ShownJob>();

	/** The marks once these patches hold; asked before they are applied. */
	return ({known, screen}: State, patches: readonly Patch[]): ReadonlySet<Ref> => {
		const {marks} = screen;
		if (marks.size === 0) {
			gone.clear();
			return marks;
		}
		const replaced = new Set<Ref>();
		for (const patch of patches) {
			if (patch.type !== 'jobs') continue;
			for (const ref of patch.removes) {
				const job = marks.has(ref) ? known.jobs.byRef.get(ref) : undefined;
				if (job) gone.set(ref, targetOf(job));
			}
			for (const job of patch.upserts) {
				if (!marks.has(job.ref)) continue;
				const before = known.jobs.byRef.get(job.ref);
				const shown = before ? targetOf(before) : gone.get(job.ref);
				gone.delete(job.ref);
				if (shown && whyAnother(shown, job) !== undefined) replaced.add(job.ref);
			}
		}
		return replaced.size === 0 ? marks : new Set([...marks].filter(ref => !replaced.has(ref)));
	};
};
