/**
`profile/id`: the name of a job everywhere (cursor, marks, confirmation, journal, command line). Another job can get the same ref later; `identity.ts` distinguishes the two.

The id is the vendor's own and opaque: its form is never checked, and it may contain slashes, brackets or anything else.
*/
export type Ref = `${string}/${string}`;

export const refOf = (profile: string, id: string): Ref => `${profile}/${id}`;

/** Splits a ref at its first slash; a profile's name contains none. Undefined without a slash, or if a side is empty. */
export const parseRef = (ref: string): {readonly profile: string; readonly id: string} | undefined => {
	const slash = ref.indexOf('/');
	if (slash <= 0 || slash === ref.length - 1) return undefined;
	return {profile: ref.slice(0, slash), id: ref.slice(slash + 1)};
};

/**
An id for display: unchanged if it is unambiguous, else in quotes, with invisible and combining characters by their code. Spaces at an edge, letters beyond ASCII and two spellings of one letter could look like another id.
*/
export const shownId = (id: string): string =>
	unmistakable.test(id) ? id : `"${id.replace(/["\\]|(?! )[\p{Z}\p{M}]/gu, spelt)}"`;

const unmistakable = /^(?!")[!-~]+(?: [!-~]+)*$/;

const spelt = (character: string): string =>
	character === '"' || character === '\\'
		? `\\${character}`
		: `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;

/** `shownId` for a whole ref. */
export const shownRef = (ref: string): string => {
	const parts = parseRef(ref);
	return parts === undefined ? ref : `${parts.profile}/${shownId(parts.id)}`;
};
