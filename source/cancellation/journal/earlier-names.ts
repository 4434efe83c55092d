/*
A profile that was found by itself may have had another name before. What is kept by that name (journals, hidden rows, a ref in a script) means this profile still; whether it leads to the same system is another question.
*/
import type {Connection} from '../../backends/backend.ts';
import {parseRef, type Ref, refOf} from '../../job/ref.ts';

type Named = Pick<Connection, 'profile' | 'aliases'>;

/** The profile that has this name, or else the one that had it before; undefined where there is none. */
export const profileNamed = <Profile extends Named>(
	profiles: Iterable<Profile>,
	name: string,
): Profile | undefined => {
	const all = [...profiles];
	return all.find(({profile}) => profile === name) ?? all.find(({aliases}) => aliases?.includes(name));
};

/** A ref by the name that its profile has now; as it is where there is no such profile. */
export const refHere = (profiles: Iterable<Named>, ref: Ref): Ref => {
	const parts = parseRef(ref);
	const profile = parts && profileNamed(profiles, parts.profile)?.profile;
	return profile === undefined || profile === parts?.profile ? ref : refOf(profile, parts?.id ?? '');
};
