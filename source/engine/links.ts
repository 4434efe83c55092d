import type {Connection} from '../backends/backend.ts';
import {BackendError} from '../job/failure.ts';
import {shellWord} from '../text/shell-word.ts';

/** The result of a backend; undefined for an id that it rejects. */
const unlessRejected = (say: (() => string | undefined) | undefined): string | undefined => {
	try {
		return say?.();
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** Other ways to look at a job. Sends nothing, and contains no secret: `$TOKEN` stands for it. */
export const linksTo = (
	{backend, reach}: Connection,
	id: string,
): {readonly page?: string; readonly look?: string} => {
	const page = unlessRejected(() => backend.pageUrl?.(id));
	const line = unlessRejected(() => backend.describeLook?.(id));
	const url = /^GET (\S+)$/.exec(line ?? '')?.[1];
	const look = url === undefined ? line : ['curl', '-sS', ...(reach?.curl ?? []), shellWord(url)].join(' ');
	return {
		// Only web pages are opened in a browser, whatever the backend returns.
		...(page !== undefined && /^https?:\/\//.test(page) && {page}),
		...(look !== undefined && {look}),
	};
};
