import {endedByWords} from '../../job/ended-by.ts';
import type {Job, JobDetail} from '../../job/job.ts';

type Fields = JobDetail['fields'];

/** The fact that a field of this label repeats, if its value is the same. */
const factsOf: Readonly<Record<string, (job: Job) => readonly (string | number | undefined)[]>> = {
	State: ({status, phase}) => [status, phase],
	Status: ({status, phase}) => [status, phase],
	Reason: ({reason}) => [reason],
	Message: ({reason, error}) => [reason, error?.message],
	Error: ({reason, error}) => [reason, error?.message],
	Condition: ({reason, error}) => [reason, error?.kind],
	Cause: ({error}) => [error?.kind],
	Owner: ({owner}) => [owner],
	User: ({owner}) => [owner],
	Process: ({kind}) => [kind],
	App: ({kind}) => [kind],
	Type: ({kind}) => [kind],
	Operation: ({kind}) => [kind],
	Progress: ({progress}) => [progress?.percent === undefined ? undefined : `${progress.percent} %`],
	Partition: ({queue}) => [queue],
	Queue: ({queue}) => [queue],
	'Parent job': ({parent}) => [parent],
	Created: ({createdAt}) => [createdAt],
	Started: ({startedAt}) => [startedAt],
	Ended: ({endedAt}) => [endedAt],
	Finished: ({endedAt}) => [endedAt],
	Completed: ({endedAt}) => [endedAt],
};

const same = (value: string, fact: string | number): boolean => {
	if (typeof fact === 'string') return value.trim().toLowerCase() === fact.trim().toLowerCase();
	const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(value) ?? [];
	return Date.parse(`${day}T${time}Z`) === Math.floor(fact / 1000) * 1000;
};

/** The fields of a job's record that say more than its facts, which stand above them under jobtop's own labels. */
export const ownFields = (job: Job | undefined, fields: Fields): Fields =>
	job === undefined
		? fields
		: fields.filter(([label, value]) => {
				// Own properties only: a record may have a field `constructor`.
				const facts = Object.hasOwn(factsOf, label) ? (factsOf[label]?.(job) ?? []) : [];
				return !facts.some(fact => fact !== undefined && same(value, fact));
			});

/** What ended the job; undefined if its error says it too. */
export const causeFact = (job: Job): string | undefined => {
	const words = endedByWords(job);
	return words !== undefined && job.error?.message.includes(words) ? undefined : words;
};

/** The queue of a job among its facts; undefined if its record names another one, as Tapis does: there, a list shows the system. */
export const queueFact = ({queue}: Job, fields: Fields): string | undefined =>
	fields.some(([label, value]) => label === 'Queue' && value !== queue) ? undefined : queue;
