/*
What was asked of a server or a program, and what came back, told to whoever wants to know on whose behalf it is asked. A backend knows nothing of it: it is told where the request leaves.
*/
import {AsyncLocalStorage} from 'node:async_hooks';
import {cleanText} from '../job/clean-text.ts';

/** Takes one request as it leaves, and gives what takes its answer. */
export type ExchangeListener = (asked: string) => (answer: string, well: boolean) => void;

/** Ambient on purpose: backends pass `signal` on in more than two hundred places, and a field beside it would go missing in one of them without a word. */
const listeners = new AsyncLocalStorage<ExchangeListener>();

/** Does the work, and tells of every request that it sends. */
export const watched = <Result>(listener: ExchangeListener, work: () => Result): Result =>
	listeners.run(listener, work);

/** As long as anybody wants to read. */
const longestWords = 300;

const ignore = () => undefined;

/** A request leaves: one line without credentials. Returns what its answer is told to, in a few words without credentials. */
export const tellRequest = (asked: string): ((answer: string, well: boolean) => void) => {
	const tell = listeners.getStore()?.(cleanText(asked, longestWords));
	return tell ? (answer, well) => tell(cleanText(answer, longestWords), well) : ignore;
};
