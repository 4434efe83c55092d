/*
What is known of slurmrestd before a profile of it is loaded: its traits.
*/
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {commonTraits} from '../slurm/common-traits.ts';

export const traits: BackendTraits = {
	kind: 'slurmrestd',
	title: 'Slurm REST',
	...commonTraits,
	// One list of 10,000 jobs costs the server 6 to 14 seconds and gigabytes of memory.
	intervalMs: 15_000,
};

export const slurmrestd = {traits} satisfies BackendFacts;
