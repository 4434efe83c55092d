import {dex} from './dex/profile.ts';
import {flux} from './flux/profile.ts';
import {gridengine} from './gridengine/profile.ts';
import {htcondor} from './htcondor/profile.ts';
import {ionworks} from './ionworks/profile.ts';
import {kubernetes} from './kubernetes/profile.ts';
import {lsf} from './lsf/profile.ts';
import {ogc} from './ogc/profile.ts';
import {pbs} from './pbs/profile.ts';
import type {RegisteredBackend} from './profiles/profile.ts';
import {slurm} from './slurm/profile.ts';
import {slurmrestd} from './slurmrestd/profile.ts';
import {tapis} from './tapis/profile.ts';
import {tensorpool} from './tensorpool/profile.ts';
import {weaver} from './weaver/profile.ts';

/** Every kind of job system that jobtop knows. All that lists or configures them follows from here, in this order. */
export const backends = {
	weaver,
	ogc,
	ionworks,
	tapis,
	tensorpool,
	dex,
	slurmrestd,
	slurm,
	htcondor,
	pbs,
	lsf,
	flux,
	kubernetes,
	gridengine,
} as const satisfies Readonly<Record<string, RegisteredBackend>>;

export type BackendKind = keyof typeof backends;

export const backendKinds = Object.keys(backends) as readonly BackendKind[];
