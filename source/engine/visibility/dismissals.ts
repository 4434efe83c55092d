import {lstatSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {makeDirectory} from '../../process/make-directory.ts';
import {appendToStateFile} from '../../process/state-safety.ts';
import {refuseUnwritable, unwritableWords} from '../../process/writable-state.ts';

/** Dismissals older than this are dropped: their jobs are long gone. */
const rememberedMs = 90 * 24 * 3600 * 1000;

/** A job to hide or to show again. */
export type Dismissed = Pick<JobTarget, 'ref'> & Partial<Pick<JobTarget, 'name' | 'submittedAt' | 'uid'>>;

type Line = Dismissed & {readonly at: number; readonly hidden: boolean};

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'dismissed.jsonl');

/** Why hidden rows cannot be saved, and what to do; undefined if they can. Creates nothing. */
export const dismissalTrouble = (stateDirectory: string): string | undefined => {
	const file = fileIn(stateDirectory);
	try {
		if (lstatSync(file, {throwIfNoEntry: false})) appendToStateFile(file, '');
		else refuseUnwritable(stateDirectory);
		return undefined;
	} catch (error) {
		return `hidden rows cannot be saved: ${unwritableWords(error as Error)}`;
	}
};

/** The hidden rows, saved in the state directory. `here`: converts a ref to its profile's current name. */
export const createDismissals = (
	stateDirectory: string,
	now: () => number,
	here: (ref: Ref) => Ref = ref => ref,
) => {
	const file = fileIn(stateDirectory);
	const hidden = new Map<Ref, Line>();
	for (const row of readRows(file)) {
		try {
			const read = JSON.parse(row) as Line;
			const line = {...read, ref: here(read.ref)};
			if (line.hidden && now() - line.at < rememberedMs) hidden.set(line.ref, line);
			else hidden.delete(line.ref);
		} catch {
			// A torn line hides nothing.
		}
	}

	return {
		hidden: hidden as {readonly has: (ref: Ref) => boolean; readonly keys: () => Iterable<Ref>},
		/** Hides rows or shows them again. Throws the system's error if that cannot be saved; then nothing has changed. */
		set(jobs: readonly Dismissed[], hide: boolean) {
			const lines = jobs.map(
				({ref, name, submittedAt, uid}): Line => ({
					at: now(),
					ref,
					...(name !== undefined && {name}),
					...(submittedAt !== undefined && {submittedAt}),
					...(uid !== undefined && {uid}),
					hidden: hide,
				}),
			);
			makeDirectory(stateDirectory);
			appendToStateFile(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
			for (const line of lines) hide ? hidden.set(line.ref, line) : hidden.delete(line.ref);
		},
		/** The refs of other jobs that now have the id of a hidden job. Nobody has hidden these. */
		replacing: (jobs: readonly Job[]): readonly Ref[] =>
			hidden.size === 0
				? []
				: jobs.flatMap(job => {
						const line = hidden.get(job.ref);
						if (!line) return [];
						const shown = {
							ref: line.ref,
							name: line.name ?? job.name,
							...(line.submittedAt !== undefined && {submittedAt: line.submittedAt}),
							...(line.uid !== undefined && {uid: line.uid}),
						};
						return whyAnother(shown, job, line.at) === undefined ? [] : [job.ref];
					}),
	};
};

const readRows = (file: string): readonly string[] => {
	try {
		return readFileSync(file, 'utf8').split('\n').filter(Boolean);
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return [];
		throw error;
	}
};
