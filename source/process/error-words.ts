/** Node has no message for an exceeded quota on Linux (EDQUOT, errno 122). */
const quota = /Unknown system error -122(?:: Unknown system error -122)?/;

/** The operating system's message for an error. */
export const errorWords = (error: Error): string =>
	error.message.replace(quota, 'EDQUOT: disk quota exceeded');
