import type {Connection} from '../backends/backend.ts';
import {BackendError} from '../job/failure.ts';
import {shellWord} from '../text/shell-word.ts';

/** What a backend says of an id that it can send; undefined for any other. */
const sayable = (say: (() => string | undefined) | undefined): string | undefined => {
	try {
		return say?.();
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** Where a job can be looked at by other means. Nothing is asked, and no secret is told: `$TOKEN` stands for it. */
export const linksTo = (
	{backend, reach}: Connection,
	id: string,
): {readonly page?: string; readonly look?: string} => {
	const page = sayable(() => backend.pageUrl?.(id));
	const line = sayable(() => backend.describeLook?.(id));
	const url = /^GET (\S+)$/.exec(line ?? '')?.[1];
	const look = url === undefined ? line : ['curl', '-sS', ...(reach?.curl ?? []), shellWord(url)].join(' ');
	return {
		// Whatever a backend says: nothing but a page is opened in a browser.
		...(page !== undefined && /^https?:\/\//.test(page) && {page}),
		...(look !== undefined && {look}),
	};
};
