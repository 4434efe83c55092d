import {BackendError} from '../job/failure.ts';
import {HttpError} from './http-failure.ts';

/** The fewest records of a page that are asked for. */
const fewest = 20;

/** Whether a page took the server, or something before it, too long. */
export const isTooSlow = (error: unknown): boolean =>
	(error instanceof BackendError && error.failure.kind === 'timeout') ||
	(error instanceof HttpError && error.status === 504);

/** The number of records for a page after one of `size` was too slow; it goes into that without a rest, so that places in the list stay what they are. Undefined where pages are as small as they get. */
export const smallerPage = (size: number): number | undefined => {
	const divisor = [2, 3, 5].find(each => size % each === 0) ?? size;
	const smaller = size / divisor;
	return smaller >= fewest ? smaller : undefined;
};
