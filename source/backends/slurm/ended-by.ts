/*
What ended a job, by the words and the numbers of Slurm. A reason for which a job waited stays in its record after its end, so only a reason that names an end says something about it.
*/
import type {EndedBy, EndKind} from '../../job/ended-by.ts';

/** https://slurm.schedmd.com/job_state_codes.html */
const kinds: ReadonlyMap<string, EndKind> = new Map([
	['CANCELLED', 'cancelled'],
	['TIMEOUT', 'time-limit'],
	['DEADLINE', 'deadline'],
	['OUT_OF_MEMORY', 'memory'],
	['NODE_FAIL', 'node'],
	['BOOT_FAIL', 'boot'],
	['PREEMPTED', 'preemption'],
]);

/** What the record of a job says of its end. */
export type EndFacts = {
	readonly state: string;
	/** The owner of the job. */
	readonly uid: number;
	readonly user: string;
	/** The names of its nodes, in Slurm's short form; empty without any. */
	readonly nodes: string;
	readonly reason: string;
	/** How its program ended, as `code:signal`, with `?` for a code that is not 0 and not known; undefined if the answer does not say. */
	readonly exit?: string;
	/** The name of the user who cancelled it; empty or undefined if the answer does not say. */
	readonly by?: string;
	/** It was cancelled, and the answer, which names the user in other cases, names none: Slurm did it by itself. */
	readonly byItself?: true;
};

/** Of a job that has ended. */
export const endedByOf = (facts: EndFacts): EndedBy | undefined => {
	const {state, uid, user, by, nodes, reason, exit} = facts;
	const [word = ''] = state.split(/\+| by /);
	const kind = kinds.get(word);
	if (kind === undefined) return word === 'FAILED' ? failedBy(reason, exit) : undefined;
	if (kind === 'cancelled') {
		// `kill_invalid_depend` of https://slurm.schedmd.com/slurm.conf.html
		if (facts.byItself && /^Dependency/.test(reason)) return {kind: 'dependency'};
		const who = by || nameOf(/ by (\d+)$/.exec(state)?.[1], {uid, user});
		return {kind, ...(who && {by: who})};
	}
	// Of several nodes no record says which one it was.
	const isOneNode = /^[^,[\]]+$/.test(nodes);
	return nodeKinds.has(kind) && isOneNode ? {kind, node: nodes} : {kind};
};

const nodeKinds: ReadonlySet<EndKind> = new Set(['memory', 'node', 'boot']);

/** sacct gives the number of the user alone. */
const nameOf = (
	number: string | undefined,
	{uid, user}: Pick<EndFacts, 'uid' | 'user'>,
): string | undefined => {
	if (number === undefined) return undefined;
	// A record of which the accounts have only the end has the number 0 beside the name of another user.
	if (number === '0') return 'root';
	return Number(number) === uid && user !== '' ? user : `uid ${number}`;
};

/** `exit` is `code:signal`, as Slurm writes it. squeue does not print it, but its reason may say as much. */
const failedBy = (reason: string, exit: string | undefined): EndedBy | undefined => {
	const [, code, signal] = /^(\d+|\?):(\d+)$/.exec(exit ?? '') ?? [];
	const raised = Number(signal) || Number(/^RaisedSignal:(\d+)/.exec(reason)?.[1]);
	if (raised > 0) return {kind: 'signal', signal: raised};
	if (Number(code) > 0) return {kind: 'exit', code: Number(code)};
	return code === '?' || reason === 'NonZeroExitCode' ? {kind: 'exit'} : undefined;
};
