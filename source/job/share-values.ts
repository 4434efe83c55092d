/*
Values that repeat in many jobs are kept once: 100,000 rows need no 100,000 copies of a status.
*/
import type {Job} from './job.ts';

/** Fields with texts that repeat in many rows. */
const repeatedTexts = [
	'profile',
	'backend',
	'kind',
	'owner',
	'phase',
	'status',
	'queue',
	'reason',
	'parent',
] as const;
/** Small plain objects of which many jobs have an equal one. */
const repeatedObjects = ['labels', 'progress'] as const;

const maxLength = 200;

/** Returns the first of equal values, by their text. Forgets all when it knows too many. */
const createSharing = <Value>(maxShared = 10_000) => {
	const values = new Map<string, Value>();
	return (text: string, value: Value): Value => {
		if (text.length > maxLength) return value;
		const known = values.get(text);
		if (known !== undefined) return known;
		if (values.size >= maxShared) values.clear();
		values.set(text, value);
		return value;
	};
};

const sharedText = createSharing<string>();
// Apart: many names occur once, and must not push the other texts out.
const sharedName = createSharing<string>();
const sharedObject = createSharing<object>();

type Writable = {
	-readonly [Key in (typeof repeatedTexts)[number] | 'name']?: string;
} & {-readonly [Key in (typeof repeatedObjects)[number]]?: object};

/** Replaces values of a new job by equal ones of earlier jobs. Nobody else may hold the job yet. */
export const shareValues = (job: Job): Job => {
	const row = job as Writable;
	for (const key of repeatedTexts) {
		const text = row[key];
		if (text !== undefined) row[key] = sharedText(text, text);
	}
	row.name = sharedName(job.name, job.name);
	for (const key of repeatedObjects) {
		const value = row[key];
		if (value !== undefined) row[key] = sharedObject(JSON.stringify(value), value);
	}
	return job;
};
