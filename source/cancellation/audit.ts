/*
Who ended what, and why: a line for every cancellation that was settled, in one file of the state directory. The journal serves the pursuit and is pruned; this is the record that stays.
*/

import {join} from 'node:path';
import type {Ref} from '../job/ref.ts';
import {errorWords} from '../process/error-words.ts';
import {makeDirectory} from '../process/make-directory.ts';
import {appendToStateFile} from '../process/state-safety.ts';
import type {OutcomeKind} from './outcomes.ts';

const auditVersion = 1;

type AuditLine = {
	/** ISO 8601 in UTC, both. */
	readonly at: string;
	readonly askedAt: string;
	readonly batch: number;
	readonly ref: Ref;
	readonly name: string;
	/** `user@host` who confirmed it. */
	readonly by: string;
	/** The process that saw its end. */
	readonly pid: number;
	readonly reason?: string;
	readonly outcome: OutcomeKind;
	readonly detail?: string;
	/** Requests that may have left. */
	readonly attempts: number;
};

export type Audit = {
	readonly append: (line: AuditLine) => void;
	/** Resolves once all that was appended is written, or could not be. */
	readonly flush: () => Promise<void>;
};

export const auditFile = (stateDirectory: string): string => join(stateDirectory, 'audit.jsonl');

/** `onProblem` is told once, in the system's words, when the file cannot be written; no cancellation waits for it. */
export const createAudit = (stateDirectory: string, onProblem: (words: string) => void): Audit => {
	let pending: string[] = [];
	let writing: Promise<void> | undefined;
	let told = false;

	const write = async () => {
		let taken = '';
		// All that is settled in this turn goes together.
		await undefined;
		try {
			makeDirectory(stateDirectory);
			while (pending.length > 0) {
				taken = pending.join('');
				pending = [];
				// One write to a file that is only appended to: the lines of two processes do not mix.
				appendToStateFile(auditFile(stateDirectory), taken);
				taken = '';
			}
		} catch (error) {
			// Tried again with the next line, in a line of its own: the file may end with half of it.
			if (taken !== '') pending.unshift('\n', taken);
			if (!told) onProblem(errorWords(error as Error));
			told = true;
		} finally {
			writing = undefined;
		}
	};
	const flush = async (): Promise<void> => {
		if (pending.length > 0) writing ??= write();
		await writing;
	};
	return {
		append(line) {
			pending.push(`${JSON.stringify({version: auditVersion, ...line})}\n`);
			void flush();
		},
		flush,
	};
};
