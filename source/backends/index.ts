import {dex} from './dex/index.ts';
import {ionworks} from './ionworks/index.ts';
import {ogc} from './ogc/index.ts';
import {slurm} from './slurm/index.ts';
import {slurmrestd} from './slurmrestd/index.ts';
import {tapis} from './tapis/index.ts';
import {tensorpool} from './tensorpool/index.ts';
import {weaver} from './weaver/index.ts';

/** Every kind of job system that jobtop knows. */
export const backends = {weaver, ogc, slurm, slurmrestd, ionworks, dex, tapis, tensorpool} as const;

export type BackendKind = keyof typeof backends;
