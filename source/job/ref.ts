/**
`profile/id`: the identity of a job everywhere (cursor, marks, confirmation, journal, command line).

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
