/*
What ended a job, by the termination reason that LSF gives: `TERM_OWNER: job killed by owner`. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=reasons-termination-displayed-by-bacct-bhist-bjobs
*/
import type {EndedBy, EndKind} from '../../job/ended-by.ts';

const kinds: Readonly<Record<string, EndKind>> = {
	TERM_OWNER: 'cancelled',
	TERM_ADMIN: 'cancelled',
	TERM_FORCE_OWNER: 'cancelled',
	TERM_FORCE_ADMIN: 'cancelled',
	TERM_BUCKET_KILL: 'cancelled',
	TERM_RUNLIMIT: 'time-limit',
	TERM_CPULIMIT: 'time-limit',
	TERM_DEADLINE: 'deadline',
	TERM_WINDOW: 'deadline',
	TERM_MEMLIMIT: 'memory',
	TERM_SWAP: 'memory',
	TERM_PREEMPT: 'preemption',
	TERM_ORPHAN_SYSTEM: 'dependency',
};

/** `TERM_OWNER` */
export const termOf = (reason: string | undefined): string | undefined =>
	/\bTERM_\w+/.exec(reason ?? '')?.[0];

/** LSF did not wait until the host of the job had ended it. */
export const isForced = (term: string | undefined): boolean => /^TERM_FORCE_/.test(term ?? '');

/** Of a job that has ended with EXIT. */
export const endedByOf = (
	term: string | undefined,
	{owner, code}: {readonly owner?: string | undefined; readonly code?: number | undefined},
): EndedBy | undefined => {
	const kind = term === undefined || !Object.hasOwn(kinds, term) ? undefined : kinds[term];
	if (kind === 'cancelled') {
		const by = /_OWNER$/.test(term ?? '')
			? owner
			: /_ADMIN$/.test(term ?? '')
				? 'an administrator'
				: undefined;
		return {kind, ...(by !== undefined && {by})};
	}
	if (kind !== undefined) return {kind};
	// Another reason says more than a number.
	if (term !== undefined && term !== 'TERM_UNKNOWN') return undefined;
	if (code === undefined || code === 0) return undefined;
	return code > 128 && code <= 128 + 64 ? {kind: 'signal', signal: code - 128} : {kind: 'exit', code};
};
