/*
Who it is that answers. A server is reached through others (an ingress, a gateway, a cache), and each of them has answers of its own: one that says 404 speaks of an address, and not of a job.
*/
import type {FailureKind} from '../job/failure.ts';

/** How to distinguish a job system's own answers from the answers of something in front of it. */
export type OwnWords = {
	/** How people call the system. */
	readonly title: string;
	/** Whether a JSON body with a failing code has the form that the system gives it. */
	readonly isOwn: (body: Readonly<Record<string, unknown>>) => boolean;
	/** What is found in the pages with which it answers in place of JSON, where it has such pages. */
	readonly page?: RegExp;
};

// What a code means for a job counts with the system's own body only. A refused credential and a wish for patience count from any sender.
const aboutJobs: ReadonlySet<FailureKind> = new Set(['not-found', 'conflict']);

/** A failing answer: its body where that is JSON, the words in it that explain it, and all of its text. */
type Explanation = {readonly body: unknown; readonly words: string | undefined; readonly text: string};

/** Whether an answer that is sorted as `kind` would say something of a job, and is by somebody else. */
export const isForeign = (
	kind: FailureKind,
	{body, words, text}: Explanation,
	{isOwn, page}: OwnWords,
): boolean => {
	if (!aboutJobs.has(kind)) return false;
	if (typeof body !== 'object' || body === null) return page === undefined || !page.test(text);
	if (Array.isArray(body) || words === undefined || isBare(words)) return true;
	const problem = body as Readonly<Record<string, unknown>>;
	// RFC 9457 §4.2.1: the body adds nothing to the code.
	return problem.type === 'about:blank' || !isOwn(problem);
};

/** What gateways and frameworks say of an address that they do not know: the code in words, and nothing of a job. */
const isBare = (words: string): boolean =>
	/^(?:(?:\d{3} )?(?:not found|gone|conflict|page not found)|(?:the )?service not found|no route matched\b.*|missing authentication token|default backend - \d{3})\W*$/i.test(
		words,
	);

/** Whether one of these fields holds a text. */
export const hasText = (body: Readonly<Record<string, unknown>>, ...fields: readonly string[]): boolean =>
	fields.some(field => typeof body[field] === 'string' && body[field] !== '');

/** Whether a text says more than a status code in words. */
export const saysMoreThanItsCode = (text: unknown): boolean => typeof text === 'string' && !isBare(text);
