import {dex} from './dex/facts.ts';
import {flux} from './flux/facts.ts';
import {gridengine} from './gridengine/facts.ts';
import {htcondor} from './htcondor/facts.ts';
import {ionworks} from './ionworks/facts.ts';
import {kubernetes} from './kubernetes/facts.ts';
import {lsf} from './lsf/facts.ts';
import {ogc} from './ogc/facts.ts';
import {pbs} from './pbs/facts.ts';
import type {RegisteredBackend} from './profiles/profile.ts';
import {slurm} from './slurm/facts.ts';
import {slurmrestd} from './slurmrestd/facts.ts';
import {tapis} from './tapis/facts.ts';
import {tensorpool} from './tensorpool/facts.ts';
import {weaver} from './weaver/facts.ts';

/** Every kind of job system that jobtop knows. All that lists or configures them follows from here, in this order. */
export const backends = {
	weaver: {...weaver, load: () => import('./weaver/profile.ts')},
	ogc: {...ogc, load: () => import('./ogc/profile.ts')},
	ionworks: {...ionworks, load: () => import('./ionworks/profile.ts')},
	tapis: {...tapis, load: () => import('./tapis/profile.ts')},
	tensorpool: {...tensorpool, load: () => import('./tensorpool/profile.ts')},
	dex: {...dex, load: () => import('./dex/profile.ts')},
	slurmrestd: {...slurmrestd, load: () => import('./slurmrestd/profile.ts')},
	slurm: {...slurm, load: () => import('./slurm/profile.ts')},
	htcondor: {...htcondor, load: () => import('./htcondor/profile.ts')},
	pbs: {...pbs, load: () => import('./pbs/profile.ts')},
	lsf: {...lsf, load: () => import('./lsf/profile.ts')},
	flux: {...flux, load: () => import('./flux/profile.ts')},
	kubernetes: {...kubernetes, load: () => import('./kubernetes/profile.ts')},
	gridengine: {...gridengine, load: () => import('./gridengine/profile.ts')},
} as const satisfies Readonly<Record<string, RegisteredBackend>>;

export type BackendKind = keyof typeof backends;

export const backendKinds = Object.keys(backends) as readonly BackendKind[];
