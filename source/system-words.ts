/** Node knows no word for the number that Linux gives a quota that is used up (EDQUOT, errno 122). */
const quota = /Unknown system error -122(?:: Unknown system error -122)?/;

/** What the system says of an error of its own, in words. */
export const systemWords = (error: Error): string =>
	error.message.replace(quota, 'EDQUOT: the disk quota is used up');
