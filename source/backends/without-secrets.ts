import type {Failure} from '../job/failure.ts';
import {sameJson} from '../job/same-json.ts';

/** The headers that carry a credential, by name. */
export type Credentials = Readonly<Record<string, string>>;

/** Takes credentials out of a text. */
type Scrub = (text: string) => string;

/** Letters of a credential that are blacked out where the rest of it was cut off. */
const tellingPart = 12;

/** Takes everything that we sent as a credential out of words that a server may have echoed, also where it was encoded or cut on the way. */
export const createScrubber = (credentials: Credentials): Scrub => {
	const secrets = [...new Set(Object.values(credentials).flatMap(secretsIn))].sort(longestFirst);
	const wordings = [...new Set(secrets.flatMap(wordingsOf))].sort(longestFirst);
	return text => {
		let clean = text;
		for (const wording of wordings) clean = clean.replaceAll(wording, '[secret]');
		for (const wording of wordings) clean = withoutBeginnings(clean, wording);
		return clean;
	};
};

/** Makes scrubbers, and keeps the last: a server sees the same credentials request after request. */
export const createScrubberSource = (): ((credentials: Credentials) => Scrub) => {
	let last: {readonly credentials: Credentials; readonly scrub: Scrub} | undefined;
	return credentials => {
		if (last === undefined || !sameJson(last.credentials, credentials)) {
			last = {credentials, scrub: createScrubber(credentials)};
		}
		return last.scrub;
	};
};

/** A failure without what `scrub` takes out of words. */
export const scrubFailure = (failure: Failure, scrub: Scrub): Failure => {
	const detail = scrub(failure.detail);
	return detail === failure.detail ? failure : {...failure, detail};
};

export const withoutSecrets = (failure: Failure, credentials: Credentials): Failure =>
	scrubFailure(failure, createScrubber(credentials));

const longestFirst = (a: string, b: string): number => b.length - a.length;

const secretsIn = (value: string): string[] => {
	const [scheme = '', rest = ''] = value.split(' ', 2);
	const pair = /^basic$/i.test(scheme) ? Buffer.from(rest, 'base64').toString() : '';
	const parts = value.split(/[\s;,]+/).flatMap(part => [part, part.slice(part.indexOf('=') + 1)]);
	// Shorter ones would black out ordinary words.
	return [value, rest, pair, pair.slice(pair.indexOf(':') + 1), ...parts].filter(
		part => part.length >= 6 && !/^(?:bearer|basic)$/i.test(part),
	);
};

/** As it may stand in an address, in a page, in JSON and in a Basic header. */
const wordingsOf = (secret: string): string[] => [
	secret,
	encodeURIComponent(secret),
	secret.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`),
	secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
	JSON.stringify(secret).slice(1, -1),
	Buffer.from(secret).toString('base64'),
];

/** Some servers name the beginning of a token that they refuse. */
const withoutBeginnings = (text: string, secret: string): string => {
	if (secret.length <= tellingPart) return text;
	const beginning = secret.slice(0, tellingPart);
	let clean = '';
	let rest = text;
	for (let at = rest.indexOf(beginning); at >= 0; at = rest.indexOf(beginning)) {
		let end = at + beginning.length;
		while (end < rest.length && rest[end] === secret[end - at]) end += 1;
		clean += `${rest.slice(0, at)}[secret]`;
		rest = rest.slice(end);
	}
	return clean + rest;
};
