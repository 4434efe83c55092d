/** Node knows no word for the number that Linux gives a quota that is used up (EDQUOT, errno 122). */
const quota = /Unknown system error -122(?:: Unknown system error -122)?/;

/** The operating system's words for an error. */
export const errorWords = (error: Error): string =>
	error.message.replace(quota, 'EDQUOT: disk quota exceeded');
