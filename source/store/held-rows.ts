/*
What the engine tells of rows that stand still, gathered until they may change again. What is being cancelled is told at once all the same.
*/
import type {Patch, ProfileHealth} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Known} from '../state/known.ts';

export const createHeldRows = () => {
	const rows = new Map<Ref, Job | undefined>();
	const hidden = new Map<Ref, boolean>();
	const healths = new Map<string, ProfileHealth>();

	/** How a profile does, with the age of the rows that are shown. */
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
		/** Keeps what would change rows, and gives the rest. */
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
		/** All that was kept. */
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
