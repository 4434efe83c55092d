import {endedByWords} from '../job/ended-by.ts';
import type {Job} from '../job/job.ts';
import {type Phase, phases} from '../job/phase.ts';
import {unprovenWords} from '../job/unproven.ts';
import type {StateGlyph, Tone} from '../text/theme.ts';

export type PhaseLook = {readonly glyph: StateGlyph; readonly tone: Tone};

/** The look of each phase. A failure is seen at once; other ended phases are dim. */
export const phaseLooks: Readonly<Record<Phase, PhaseLook>> = {
	queued: {glyph: 'waiting', tone: 'waiting'},
	starting: {glyph: 'running', tone: 'running'},
	running: {glyph: 'running', tone: 'running'},
	held: {glyph: 'waiting', tone: 'waiting'},
	stopping: {glyph: 'cancelling', tone: 'cancelling'},
	succeeded: {glyph: 'done', tone: 'dim'},
	partial: {glyph: 'failed', tone: 'failed'},
	failed: {glyph: 'failed', tone: 'failed'},
	cancelled: {glyph: 'done', tone: 'dim'},
	unknown: {glyph: 'unsure', tone: 'plain'},
};

/** The label of a job's phase; the backend's own status for an unknown phase. */
export const phaseWord = (job: Pick<Job, 'phase' | 'status'>): string =>
	job.phase === 'unknown' && job.status ? job.status.toUpperCase() : phases[job.phase].label;

/** The label of a job's phase, with the backend's own status if it says more. */
export const stateInWords = (job: Pick<Job, 'phase' | 'status' | 'unproven'>): string => {
	const word = phaseWord(job);
	const state = job.status && job.status.toUpperCase() !== word ? `${word} (${job.status})` : word;
	return job.unproven ? `${state}; ${unprovenWords[job.unproven]}` : state;
};

/** `FAILED (TIMEOUT), ended by its time limit` */
export const stateAndCause = (job: Parameters<typeof stateInWords>[0] & Pick<Job, 'endedBy'>): string =>
	[stateInWords(job), endedByWords(job)].filter(words => words !== undefined).join(', ');
