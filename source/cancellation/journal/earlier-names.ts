/*
A discovered profile may have had another name before. Whatever uses that name (journals, hidden rows, a ref in a script) still refers to this profile. Whether it leads to the same system is checked elsewhere.
*/
import type {Connection} from '../../backends/backend.ts';
import {parseRef, type Ref, refOf} from '../../job/ref.ts';

type Named = Pick<Connection, 'profile' | 'aliases'>;

/** The profile with this name, else the one that had it before, else undefined. */
export const profileNamed = <Profile extends Named>(
	profiles: Iterable<Profile>,
	name: string,
): Profile | undefined => {
	const all = [...profiles];
	return all.find(({profile}) => profile === name) ?? all.find(({aliases}) => aliases?.includes(name));
};

/** The ref with its profile's current name; unchanged if there is no such profile. */
export const refHere = (profiles: Iterable<Named>, ref: Ref): Ref => {
	const parts = parseRef(ref);
	const profile = parts && profileNamed(profiles, parts.profile)?.profile;
	return profile === undefined || profile === parts?.profile ? ref : refOf(profile, parts?.id ?? '');
};
