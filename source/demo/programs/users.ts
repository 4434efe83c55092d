/*
The users of the embedded systems that are programs: the one who runs the demo, and others whose jobs he may not cancel.
*/
import {userInfo} from 'node:os';

export type ProgramUser = {readonly uid: number; readonly name: string};

const strangers: ReadonlyMap<string, ProgramUser> = new Map([
	['emeka', {uid: 30_001, name: 'emeka'}],
	['freya', {uid: 30_002, name: 'freya'}],
]);

/** The user who runs the demo; a machine may have no name for the number. */
export const currentUser = (): ProgramUser => {
	const uid = process.getuid?.() ?? 1000;
	try {
		return {uid, name: userInfo().username};
	} catch {
		return {uid, name: 'demo'};
	}
};

/** The user of a job whose plan names this owner. */
export const userOf = (owner: string, me: ProgramUser): ProgramUser => strangers.get(owner) ?? me;
