/*
Which jobs the programs of HTCondor are called for: ids, clusters, names of users, and constraints.
*/
import type {Arguments} from './arguments.ts';
import {conditionOf} from './classad.ts';
import type {ProgramAnswer} from './exchange.ts';
import type {CondorJob} from './htcondor-records.ts';

/** The options whose value is the next word. */
export const valued = ['-attributes', '-constraint', '-limit', '-name', '-pool', '-reason', '-scanlimit'];

/** A job, or without `proc` a cluster. */
export type Ids = {readonly cluster: number; readonly proc?: number};

/** The programs keep 32 bits of a number. */
const numberIn = (text: string): number => Number(BigInt.asIntN(32, BigInt(text)));

/** A word that is a cluster or a job of it, as the programs read it; undefined for the name of a user. */
export const idsIn = (word: string): Ids | undefined => {
	const [, cluster, proc] = /^(\d+)(?:\.(\d+))?$/.exec(word) ?? [];
	if (cluster === undefined) return undefined;
	return {cluster: numberIn(cluster), ...(proc !== undefined && {proc: numberIn(proc)})};
};

const isAbout = (word: string, {cluster, proc, user}: CondorJob): boolean => {
	const ids = idsIn(word);
	if (ids === undefined) return user.name === word;
	return ids.cluster === cluster && (ids.proc ?? proc) === proc;
};

/** The jobs among these that the words and the constraint ask for; undefined where the constraint is none. */
export const selectedOf = (
	jobs: readonly CondorJob[],
	{options, words}: Arguments,
): readonly CondorJob[] | undefined => {
	const holds = conditionOf(options.get('-constraint') ?? 'true');
	const isNamed = (one: CondorJob) => words.length === 0 || words.some(word => isAbout(word, one));
	return holds && jobs.filter(one => isNamed(one) && holds(one.ad));
};

export const invalidConstraint = ({options}: Arguments): ProgramAnswer => ({
	stderr: `Error: Invalid constraint (${options.get('-constraint')})\n`,
	code: 1,
});
