import type {BackendKind} from '../../source/backends/index.ts';
import {openDex} from './dex.ts';
import {openFlux} from './flux.ts';
import {openGridengine} from './gridengine.ts';
import {openHtcondor} from './htcondor.ts';
import {openIonworks} from './ionworks.ts';
import {openKubernetes} from './kubernetes.ts';
import {openLsf} from './lsf.ts';
import {openOgc} from './ogc.ts';
import {openPbs} from './pbs.ts';
import type {Remote} from './remote.ts';
import {openSlurm} from './slurm.ts';
import {openSlurmrestd} from './slurmrestd.ts';
import {openTapis} from './tapis.ts';
import {openTensorpool} from './tensorpool.ts';
import {openWeaver} from './weaver.ts';

/** A far side for every backend: one without does not compile. */
export const fakes: Readonly<Record<BackendKind, () => Promise<Remote>>> = {
	weaver: openWeaver,
	ogc: openOgc,
	slurm: openSlurm,
	slurmrestd: openSlurmrestd,
	htcondor: openHtcondor,
	pbs: openPbs,
	lsf: openLsf,
	flux: openFlux,
	kubernetes: openKubernetes,
	gridengine: openGridengine,
	ionworks: openIonworks,
	dex: openDex,
	tapis: openTapis,
	tensorpool: openTensorpool,
};
