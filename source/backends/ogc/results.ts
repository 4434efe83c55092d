import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {JobResult} from '../../job/job.ts';
import type {TextAnswer} from '../http.ts';
import {HttpError, serverWords} from '../http-failure.ts';
import {parseJson} from '../parse-json.ts';
import {
	carriesSecret,
	lesserNumber as number,
	shown,
	shownLines,
	lesserText as text,
} from '../read-fields.ts';
import {explain} from './one-job.ts';

/** Characters of a value that is told; of a larger one its size is. */
const maxCharacters = 20_000;

/** What stands in place of the value of an output: where it is, or the value with what it is (qualifiedInputValue and link of OGC API - Processes, and Weaver's older words). */
const outputSchema = z.object({
	href: text,
	value: z.unknown().optional(),
	type: text,
	mediaType: text,
	mimeType: text,
	encoding: text,
	length: number,
	format: z.object({mediaType: text, mimeType: text}).nullish().catch(undefined),
});
type Output = z.infer<typeof outputSchema>;

/** An output that tells its name itself: in a list of Weaver, and all that pygeoapi says of a process with one output. */
const namedSchema = z.object({id: z.string().min(1)});

const documentSchema = z.record(z.string(), z.unknown());

/** The outputs in an answer to `GET /jobs/{id}/results` or `/outputs`, in each of the forms in which servers tell them. */
export const readResults = (body: unknown): JobResult[] => {
	const read = documentSchema.safeParse(body).data;
	if (read === undefined) return Array.isArray(body) ? readList(body) : readOutput('result', body);
	if (isNamed(read)) return readList([read]);
	const {outputs} = read;
	if (Array.isArray(outputs)) return readList(outputs);
	return Object.entries(documentSchema.safeParse(outputs).data ?? read).flatMap(([name, output]) =>
		readOutput(name, output),
	);
};

/** An answer to `GET /jobs/{id}/results` where the server may send the content of an output in place of a document. */
export const readAnswer = ({text, header}: TextAnswer): JobResult[] => {
	const body = parseJson(text);
	if (body !== undefined) return readResults(body);
	if (text === '') return [];
	const kind = shown(header('content-type'));
	// Other content has been through a decoder of text by now, and cannot be counted.
	const isText = kind !== undefined && /^text\//i.test(kind) && text.length <= maxCharacters;
	return [{name: 'result', ...(isText && {value: shownLines(text)}), ...(kind !== undefined && {kind})}];
};

// A process with outputs that are called so has more to tell of them than these.
const isNamed = (body: Record<string, unknown>): boolean =>
	typeof body.id === 'string' && ('value' in body || 'href' in body) && !('outputs' in body);

const readList = (outputs: readonly unknown[]): JobResult[] =>
	outputs.flatMap((output, index) =>
		readOutput(namedSchema.safeParse(output).data?.id ?? String(index), output),
	);

const readOutput = (name: string, output: unknown): JobResult[] => {
	if (Array.isArray(output) && output.length > 0 && output.every(isDescribed)) {
		return output.flatMap((one, index) => readOutput(`${name}/${index}`, one));
	}
	const described = isDescribed(output) ? outputSchema.parse(output) : {value: output};
	return [{name: cleanText(name, 300), ...describe(described)}];
};

const isDescribed = (output: unknown): boolean =>
	typeof output === 'object' &&
	output !== null &&
	('value' in output || typeof (output as {href?: unknown}).href === 'string');

const describe = (output: Partial<Output>): Omit<JobResult, 'name'> => {
	const {href, value, type, mediaType, mimeType, encoding, length, format} = output;
	const kind = shown(type ?? mediaType ?? mimeType ?? format?.mediaType ?? format?.mimeType);
	const url = href == null ? undefined : openAddress(href);
	const told = value == null ? undefined : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
	const isBase64 = encoding === 'base64';
	const isText = told !== undefined && told.length <= maxCharacters && !isBase64;
	const size =
		length ??
		(told === undefined || isText ? undefined : Buffer.byteLength(told, isBase64 ? 'base64' : 'utf8'));
	return {
		...(isText && {value: shownLines(told)}),
		...(url !== undefined && {url}),
		...(size !== undefined && {size}),
		...(kind !== undefined && {kind}),
	};
};

/** An address that opens nothing by itself: one with a user or a signature in it is a secret. Of one on the server itself that is what stands before its query. */
const openAddress = (address: string): string | undefined => {
	if (!URL.canParse(address)) return shown(address.replace(/[?#].*$/s, ''));
	return carriesSecret(address) ? undefined : shown(new URL(address).href);
};

/** Why there are no results, in plain words. Servers tell a job that has not ended with a 404 too. */
export const explainNoResults = (error: unknown): never => {
	if (!(error instanceof HttpError)) throw error;
	const {status, body, failure} = error;
	if (failure.kind === 'malformed') throw error;
	const said = JSON.stringify(body) ?? '';
	const because = (kind: 'conflict' | 'not-found', words: string): never => {
		const theirs = serverWords(body);
		throw new BackendError({kind, detail: theirs === undefined ? words : `${words} (${theirs})`});
	};
	if (status === 410) return because('not-found', 'its results were removed when it was dismissed');
	// pygeoapi and Weaver say so with a 404, wraptile with a 403.
	if (/(?:result|output)s?-?not-?ready/i.test(said)) {
		return because('conflict', 'it has no results yet, because it has not ended');
	}
	if (status === 400 && /fail/i.test(said)) {
		return because('conflict', 'it failed, and a failed job has no results');
	}
	return explain(error);
};
