/**
`profile/id`: how a job is named everywhere (cursor, marks, confirmation, journal, command line). Another job can come to have the same ref: `identity.ts` tells the two apart.

The id is the vendor's own and opaque: it is never checked for a form, and may hold slashes, brackets or anything else.
*/
export type Ref = `${string}/${string}`;

export const refOf = (profile: string, id: string): Ref => `${profile}/${id}`;

/** Takes a ref apart at its first slash; a profile's name holds none. Undefined where there is no slash or a side is empty. */
export const parseRef = (ref: string): {readonly profile: string; readonly id: string} | undefined => {
	const slash = ref.indexOf('/');
	if (slash <= 0 || slash === ref.length - 1) return undefined;
	return {profile: ref.slice(0, slash), id: ref.slice(slash + 1)};
};

/**
An id as people are shown it: as it is where it can be taken for no other one, else in quotes, with what cannot be seen or joins another letter by its number. Blanks at an edge, letters beyond ASCII and two ways of writing one letter would all look like another id.
*/
export const shownId = (id: string): string =>
	unmistakable.test(id) ? id : `"${id.replace(/["\\]|(?! )[\p{Z}\p{M}]/gu, spelt)}"`;

const unmistakable = /^(?!")[!-~]+(?: [!-~]+)*$/;

const spelt = (character: string): string =>
	character === '"' || character === '\\'
		? `\\${character}`
		: `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;

/** As `shownId`, of a whole ref. */
export const shownRef = (ref: string): string => {
	const parts = parseRef(ref);
	return parts === undefined ? ref : `${parts.profile}/${shownId(parts.id)}`;
};
