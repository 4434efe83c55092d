/*
Holds back changes of frozen rows until they are unfrozen. Cancellations still pass at once.
*/
import type {Patch, ProfileHealth} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Known} from '../state/known.ts';

export const createHeldRows = () => {
	const rows = new Map<Ref, Job | undefined>();
	const hidden = new Map<Ref, boolean>();
	const healths = new Map<string, ProfileHealth>();

	/** The health of a profile, with the age of the frozen rows. */
	const aged = (health: ProfileHealth, known: Known): ProfileHealth => {
		healths.set(health.profile, health);
		const {lastGoodAt: _lastGoodAt, ...rest} = health;
		const shown = known.health.get(health.profile);
		return {
			...rest,
			jobs: shown?.jobs ?? 0,
			unreadable: shown?.unreadable ?? 0,
			...(shown?.lastGoodAt !== undefined && {lastGoodAt: shown.lastGoodAt}),
		};
	};

	return {
		/** Holds patches that would change rows, and returns the others. */
		take: (patches: readonly Patch[], known: Known): readonly Patch[] =>
			patches.flatMap((patch): readonly Patch[] => {
				if (patch.type === 'jobs') {
					for (const job of patch.upserts) rows.set(job.ref, job);
					for (const ref of patch.removes) rows.set(ref, undefined);
					return [];
				}
				if (patch.type === 'dismissed') {
					for (const ref of patch.refs) hidden.set(ref, patch.hidden);
					return [];
				}
				return patch.type === 'health' ? [{type: 'health', health: aged(patch.health, known)}] : [patch];
			}),
		/** Returns all held changes. */
		release(): readonly Patch[] {
			const upserts = [...rows.values()].filter(job => job !== undefined);
			const removes = [...rows].filter(([, job]) => job === undefined).map(([ref]) => ref);
			const patches: Patch[] = [{type: 'jobs', upserts, removes}];
			for (const isHidden of [true, false]) {
				const refs = [...hidden].filter(([, each]) => each === isHidden).map(([ref]) => ref);
				if (refs.length > 0) patches.push({type: 'dismissed', refs, hidden: isHidden});
			}
			for (const health of healths.values()) patches.push({type: 'health', health});
			rows.clear();
			hidden.clear();
			healths.clear();
			return patches;
		},
	};
};
