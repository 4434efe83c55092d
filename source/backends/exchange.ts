/*
Reports each request to a server or a program, and its answer, to a listener around the work. A backend knows nothing of it: the HTTP client and the program runner report.
*/
import {AsyncLocalStorage} from 'node:async_hooks';
import {cleanText} from '../job/clean-text.ts';

/** Takes one request as it is sent, and returns the function that takes its answer. */
export type ExchangeListener = (asked: string) => (answer: string, well: boolean) => void;

/** Ambient on purpose: backends pass `signal` on in more than two hundred places, and a field beside it would go missing in one of them without a word. */
const listeners = new AsyncLocalStorage<ExchangeListener>();

/** Does the work, and reports every request that it sends to the listener. */
export const watched = <Result>(listener: ExchangeListener, work: () => Result): Result =>
	listeners.run(listener, work);

/** Characters of a request or an answer in a report. */
const maxLetters = 300;

const ignore = () => undefined;

/** Reports a request that is being sent, in one line without credentials. Returns the function that reports its answer, in a few words without credentials. */
export const reportRequest = (asked: string): ((answer: string, well: boolean) => void) => {
	const report = listeners.getStore()?.(cleanText(asked, maxLetters));
	return report ? (answer, well) => report(cleanText(answer, maxLetters), well) : ignore;
};
