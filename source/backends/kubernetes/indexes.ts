/*
An Indexed job is a set: each of its completions has an index of its own, and with that a part of the work, as a task of an array has. https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode

The pods of any other parallel job are interchangeable workers at one piece of work: that is one job.
*/
import type {JobSet, MemberCounts} from '../../job/job.ts';
import {countTasks, parseTaskSet} from '../task-set.ts';
import type {WireJob} from './record.ts';

/** Indexes in each state of a pod. */
type IndexCounts = {
	readonly running: number;
	/** Not started, not ready, or tried again. */
	readonly pending: number;
	readonly complete: number;
	/** Failed for good; without `backoffLimitPerIndex`, an index fails with its job only. */
	readonly failed: number;
};

/** Undefined for a job that is no set of several indexes. */
const countIndexes = ({spec, status}: WireJob): IndexCounts | undefined => {
	const whole = spec?.completions;
	if (spec?.completionMode !== 'Indexed' || typeof whole !== 'number' || whole < 2) return undefined;
	const complete = Math.min(whole, status?.succeeded ?? 0);
	const failed = Math.min(whole - complete, countTasks(parseTaskSet(status?.failedIndexes ?? '') ?? []));
	const left = whole - complete - failed;
	const running = Math.min(left, status?.ready ?? status?.active ?? 0);
	return {running, pending: left - running, complete, failed};
};

/** The set that the job is. An end of the job is the end of each index. */
export const setOf = (wire: WireJob, hasEnded: boolean): JobSet | undefined => {
	const indexes = countIndexes(wire);
	if (indexes === undefined) return undefined;
	const {running, pending, complete, failed} = indexes;
	const left = running + pending;
	const counts: MemberCounts = {
		live: hasEnded ? 0 : left,
		cancelled: 0,
		ended: complete + failed + (hasEnded ? left : 0),
		lost: 0,
	};
	return {counts, together: true};
};

/** `Running 2, Pending 1, Complete 5`; undefined where the job is no set, or one word says it all. */
export const indexWords = (wire: WireJob): string | undefined => {
	const indexes = countIndexes(wire);
	if (indexes === undefined) return undefined;
	const {running, pending, complete, failed} = indexes;
	const words = Object.entries({Running: running, Pending: pending, Complete: complete, Failed: failed})
		.filter(([, count]) => count > 0)
		.map(([word, count]) => `${word} ${count}`);
	return words.length > 1 ? words.join(', ') : undefined;
};
