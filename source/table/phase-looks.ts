import type {Job} from '../job/job.ts';
import {type Phase, phases} from '../job/phase.ts';
import {unprovenWords} from '../job/unproven.ts';
import type {StateGlyph, Tone} from '../text/theme.ts';

export type PhaseLook = {readonly glyph: StateGlyph; readonly tone: Tone};

/** How each phase looks. Ended ones are dim, except what somebody has to look at. */
export const phaseLooks: Readonly<Record<Phase, PhaseLook>> = {
	queued: {glyph: 'waiting', tone: 'waiting'},
	starting: {glyph: 'running', tone: 'running'},
	running: {glyph: 'running', tone: 'running'},
	held: {glyph: 'waiting', tone: 'waiting'},
	stopping: {glyph: 'cancelling', tone: 'cancelling'},
	succeeded: {glyph: 'done', tone: 'dim'},
	partial: {glyph: 'failed', tone: 'dim'},
	failed: {glyph: 'failed', tone: 'dim'},
	cancelled: {glyph: 'done', tone: 'dim'},
	unknown: {glyph: 'unsure', tone: 'plain'},
};

/** The word for where a job is: the backend's own where jobtop knows no better. */
export const phaseWord = (job: Pick<Job, 'phase' | 'status'>): string =>
	job.phase === 'unknown' && job.status ? job.status.toUpperCase() : phases[job.phase].label;

/** Where a job is, with the backend's own word beside it where that says more. */
export const stateInWords = (job: Pick<Job, 'phase' | 'status' | 'unproven'>): string => {
	const word = phaseWord(job);
	const state = job.status && job.status.toUpperCase() !== word ? `${word} (${job.status})` : word;
	return job.unproven ? `${state}; ${unprovenWords[job.unproven]}` : state;
};
