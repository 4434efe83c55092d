import type {TestContext} from 'node:test';
import {createEngine} from '../../source/engine/engine.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {type Clock, systemClock} from '../../source/process/clock.ts';
import type {Known} from '../../source/state/known.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {temporaryDirectory} from './engine.ts';

/** An engine on a fake Slurm; the programs take their own time, whatever the clock says. */
export const openSlurmEngine = async (context: TestContext, clock: Clock = systemClock) => {
	const slurm = await openFakeSlurm();
	let known = nothingKnown();
	let changed = Promise.withResolvers<void>();
	const patches: Patch[] = [];
	const engine = createEngine({
		connections: [slurm.connection],
		clock,
		stateDirectory: temporaryDirectory(context),
		report(told) {
			patches.push(...told);
			known = applyPatches(known, told);
			changed.resolve();
			changed = Promise.withResolvers();
		},
		scope: {everyone: false, ended: false},
		park: true,
	});
	context.after(async () => {
		await engine.stop();
		await slurm.close();
	});
	const until = async (holds: (known: Known) => boolean) => {
		while (!holds(known)) await changed.promise;
	};
	return {slurm, engine, until, patches, known: () => known};
};
