import {slurm} from './slurm/index.ts';
import {weaver} from './weaver/index.ts';

/** Every kind of job system that jobtop knows. */
export const backends = {weaver, slurm} as const;

export type BackendKind = keyof typeof backends;
