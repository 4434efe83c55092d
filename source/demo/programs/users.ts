/*
The users of the embedded systems that are programs: the one who runs the demo, and others whose jobs he may not cancel.
*/
import {userName} from '../../process/user-name.ts';

export type ProgramUser = {readonly uid: number; readonly name: string};

const strangers: ReadonlyMap<string, ProgramUser> = new Map([
	['emeka', {uid: 30_001, name: 'emeka'}],
	['freya', {uid: 30_002, name: 'freya'}],
]);

/** The user who runs the demo. */
export const currentUser = (): ProgramUser => ({uid: process.getuid?.() ?? 1000, name: userName()});

/** The user of a job whose plan names this owner. */
export const userOf = (owner: string, me: ProgramUser): ProgramUser => strangers.get(owner) ?? me;
