/*
The audit file: one line for each settled cancellation, with who asked for it and why. Journals serve the pursuit and are pruned; this record stays.
*/

import {join} from 'node:path';
import type {Operation} from '../job/operation.ts';
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
	readonly operation: Operation;
	readonly outcome: OutcomeKind;
	readonly detail?: string;
	/** Requests that may have left. */
	readonly attempts: number;
};

export type Audit = {
	readonly append: (line: AuditLine) => void;
	/** Resolves once every appended line is written, or writing failed. */
	readonly flush: () => Promise<void>;
};

export const auditFile = (stateDirectory: string): string => join(stateDirectory, 'audit.jsonl');

/** Calls `onProblem` once, with the system's message, if the file cannot be written. No cancellation waits for the file. */
export const createAudit = (stateDirectory: string, onProblem: (words: string) => void): Audit => {
	let pending: string[] = [];
	let writing: Promise<void> | undefined;
	let reported = false;

	const write = async () => {
		let taken = '';
		// Write everything that settles in this turn together.
		await undefined;
		try {
			makeDirectory(stateDirectory);
			while (pending.length > 0) {
				taken = pending.join('');
				pending = [];
				// One append per batch of lines, so that the lines of two processes do not mix.
				appendToStateFile(auditFile(stateDirectory), taken);
				taken = '';
			}
		} catch (error) {
			// Retry with the next line. Start a new line first: the file may end with half a line.
			if (taken !== '') pending.unshift('\n', taken);
			if (!reported) onProblem(errorWords(error as Error));
			reported = true;
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
