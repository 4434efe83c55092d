/*
What is known of a server of OGC API - Processes before a profile of it is loaded: its traits.
*/
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {commonTraits} from './common-traits.ts';

export const traits: BackendTraits = {
	kind: 'ogc',
	title: 'OGC API',
	...commonTraits,
	removedDetail: 'the process may still run',
	consequence:
		"DELETE removes the job's record and results, and the process behind it may still run; a job that ends at that moment loses its results",
	deleteConsequence: "the server permanently removes the job's record and results",
};

export const ogc = {traits} satisfies BackendFacts;
