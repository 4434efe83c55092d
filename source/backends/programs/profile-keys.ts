/*
The keys of a profile whose system is asked by programs, here or on another machine.
*/
import * as z from 'zod';
import {connectionSocket, pathFrom} from '../../process/state-directory.ts';
import type {Reach} from '../backend.ts';
import type {Surroundings} from '../profiles/profile.ts';

const sshWords = 'must be a host for ssh, such as "login.example.org" or "me@login"';

/** The machine on which the programs run; this one if absent. */
export const sshKey = () =>
	z
		.string({error: sshWords})
		.regex(/^(?:ssh:\/\/)?[A-Za-z0-9_][A-Za-z0-9._@:%[\]-]*$/, {error: sshWords})
		.optional();

/** What the two keys say. */
export type ProgramKeys = {readonly bin?: string | undefined; readonly ssh?: string | undefined};

/** What is wrong with the folder of the programs; undefined if nothing is. */
export const binProblem = ({bin, ssh}: ProgramKeys): string | undefined =>
	ssh !== undefined && bin !== undefined && !bin.startsWith('/')
		? 'must begin with /: with ssh it is a folder on the other machine'
		: undefined;

/** Where the programs are, in words. */
const programPlace = ({bin, ssh}: ProgramKeys): string => {
	const programs = bin === undefined ? 'the programs on PATH' : `the programs in ${bin}`;
	return ssh === undefined ? programs : `${programs} of ${ssh}`;
};

/** How a profile is reached whose programs know their server and who asks; `part` names the part of the system that its keys choose. */
export const reachedByPrograms = <Entry extends ProgramKeys>(
	part: (entry: Entry) => string | undefined = () => undefined,
) => ({
	address: () => undefined,
	credentialSource: () => undefined,
	reach(entry: Entry): Reach {
		const {ssh} = entry;
		const chosen = part(entry);
		const place = programPlace(entry);
		return {
			address: chosen === undefined ? place : `${place}, ${chosen}`,
			...(ssh !== undefined && {host: ssh}),
			curl: [],
		};
	},
});

/** The options that `openPrograms` takes from these keys. */
export const programOptions = ({bin, ssh}: ProgramKeys, {env, folder, programEnv = env}: Surroundings) => ({
	programEnv,
	...(bin !== undefined && {bin: ssh === undefined ? pathFrom(folder, bin, env) : bin}),
	...(ssh !== undefined && {ssh: {destination: ssh, controlPath: connectionSocket(env, ssh)}}),
});
