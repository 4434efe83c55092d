/*
The keys of a profile whose system is asked by programs, here or on another machine.
*/
import * as z from 'zod';
import {connectionSocket, pathFrom} from '../../process/state-directory.ts';
import type {Surroundings} from '../profiles/profile.ts';

const sshWords = 'must be a host for ssh, such as "login.example.org" or "me@login"';

/** The machine on which the programs run; this one if absent. */
export const sshKey = () =>
	z
		.string({error: sshWords})
		.regex(/^(?:ssh:\/\/)?[A-Za-z0-9_][A-Za-z0-9._@:%[\]-]*$/, {error: sshWords})
		.optional();

/** What the two keys say. */
type ProgramKeys = {readonly bin?: string | undefined; readonly ssh?: string | undefined};

/** What is wrong with the folder of the programs; undefined if nothing is. */
export const binProblem = ({bin, ssh}: ProgramKeys): string | undefined =>
	ssh !== undefined && bin !== undefined && !bin.startsWith('/')
		? 'must begin with /: with ssh it is a folder on the other machine'
		: undefined;

/** Where the programs are, in words. */
export const programPlace = ({bin, ssh}: ProgramKeys): string => {
	const programs = bin === undefined ? 'the programs on PATH' : `the programs in ${bin}`;
	return ssh === undefined ? programs : `${programs} of ${ssh}`;
};

/** The options that `openPrograms` takes from these keys. */
export const programOptions = ({bin, ssh}: ProgramKeys, {env, folder, programEnv = env}: Surroundings) => ({
	programEnv,
	...(bin !== undefined && {bin: ssh === undefined ? pathFrom(folder, bin, env) : bin}),
	...(ssh !== undefined && {ssh: {destination: ssh, controlPath: connectionSocket(env, ssh)}}),
});
