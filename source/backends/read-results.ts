import {cleanLines, cleanText} from '../job/clean-text.ts';
import type {JobResult} from '../job/job.ts';
import {carriesSecret, shownAddress, shownJson} from './read-fields.ts';

/** Characters of a value that is shown whole; of a longer one only the size is shown. */
const longestValue = 64 * 1024;

/** A value that a job left: text unchanged, anything else as JSON; an address as one, unless it is a secret. */
export const readResult = (name: string, value: unknown, kind?: string): JobResult => {
	const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
	const address = typeof value === 'string' && /^https?:\/\/\S+$/i.test(value) ? value : undefined;
	return {
		name: cleanText(name, 200),
		...(kind !== undefined && {kind: cleanText(kind, 100)}),
		...(Array.isArray(value) && kind === undefined && {kind: `${value.length} entries`}),
		...(address === undefined ? tellValue(text, value) : tellAddress(address)),
	};
};

const tellValue = (text: string, value: unknown): Pick<JobResult, 'value' | 'size'> =>
	text.length > longestValue
		? {size: Buffer.byteLength(text)}
		: {value: typeof value === 'string' ? cleanLines(text) : shownJson(value)};

const tellAddress = (address: string): Pick<JobResult, 'value' | 'url'> => {
	const bare = shownAddress(address);
	if (bare === undefined) return {value: cleanText(address)};
	// A signed one opens the result to every reader.
	return carriesSecret(address) ? {value: bare} : {url: cleanText(address, 2000)};
};

/** What stands in an object, each by its name below `place`; anything else is one result of that place. Nothing where there is nothing. */
export const readResults = (value: unknown, place: string): readonly JobResult[] => {
	if (value === null || value === undefined) return [];
	if (typeof value !== 'object' || Array.isArray(value)) return [readResult(place, value)];
	return Object.entries(value)
		.filter(([, each]) => each !== null && each !== undefined)
		.map(([name, each]) => readResult(`${place}/${name}`, each));
};
