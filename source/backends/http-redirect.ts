import {cleanText} from '../job/clean-text.ts';
import type {Failure} from '../job/failure.ts';

/** Where a redirect leads; undefined where it names no address. */
export const redirectTarget = (base: URL, path: string, location: string | undefined): URL | undefined =>
	location === undefined || !URL.canParse(location, base.origin + path)
		? undefined
		: new URL(location, base.origin + path);

const loginPath = /\b(?:log-?in|sign-?in|sso|saml2?|oauth2?|oidc|openid-connect|authorize)\b/i;

/** Whether two paths end alike, whatever stands before and whether a slash follows: a change never goes to another job than the one that was confirmed. */
const isSameResource = (path: string, other: string): boolean => {
	const [end, otherEnd] = [path, other].map(each =>
		(each.split('?')[0] ?? '').split('/').filter(Boolean).slice(-2).join('/'),
	);
	return end === otherEnd;
};

/** Why a redirect is not followed; undefined where it may be: on the same origin, a read, or a change that the server says it has not made (307, 308). */
export const refuseRedirect = (
	base: URL,
	target: URL | undefined,
	{
		method,
		path,
		status,
		scrub,
	}: {
		readonly method: string;
		/** What was requested, below the origin. */
		readonly path: string;
		readonly status: number;
		/** Takes the credentials out of words. */
		readonly scrub: (text: string) => string;
	},
): Failure | undefined => {
	if (target === undefined) {
		return {kind: 'malformed', detail: `${base.host} answered ${status} without a Location`};
	}
	// What follows the path may hold a token.
	const place = cleanText(scrub(`${target.protocol}//${target.host}${target.pathname}`), 300);
	// A server keeps its own name, whatever it is: that of many a cluster begins with `login`.
	const elsewhere = target.origin !== base.origin;
	if (loginPath.test(elsewhere ? target.hostname + target.pathname : target.pathname)) {
		return {kind: 'unauthorized', detail: `${base.host} redirects to a login page (${place})`};
	}
	if (elsewhere) {
		const detail = `${base.host} redirects to another server (${place}), which jobtop does not follow`;
		return {kind: 'malformed', detail};
	}
	// Only 307 and 308 say that the server did not act on the request: it may be sent once more, as it was.
	const untouched = status === 307 || status === 308;
	const isRead = method === 'GET';
	if (untouched && (isRead || isSameResource(path, target.pathname))) return undefined;
	if (isRead && status !== 303) return undefined;
	return {
		kind: 'malformed',
		detail: `${base.host} redirects a ${method} to ${place}, which jobtop does not follow`,
	};
};
