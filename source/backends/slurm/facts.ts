/*
What is known of Slurm before a profile of it is loaded: its traits, and how it is found.
*/
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {pathOfProgram, programEvidence} from '../programs/program-path.ts';
import {nameOfCluster} from './cluster-name.ts';
import {commonTraits} from './common-traits.ts';

export const traits: BackendTraits = {
	kind: 'slurm',
	title: 'Slurm',
	...commonTraits,
	intervalMs: 5000,
};

export const slurm = {
	traits,
	discovery: {
		lookedFor: 'squeue on PATH (Slurm)',
		tokenVariables: [],
		ofThisMachine: true,
		find: ({env}) => (pathOfProgram('squeue', env) ? {} : undefined),
		evidence: programEvidence('squeue'),
		localName: ({env, etc}) => nameOfCluster(env, etc),
	},
} satisfies BackendFacts;
