/*
condor_rm of the embedded HTCondor, with its traps: a bare number is a whole cluster, any other word a user, and of four jobs two refused ones are no failure.
*/
import {type Arguments, readArguments} from './arguments.ts';
import {conditionOf} from './classad.ts';
import type {ProgramAnswer} from './exchange.ts';
import {type CondorJob, condorJobs, jobStatus} from './htcondor-records.ts';
import {type Ids, idsIn, invalidConstraint, valued} from './htcondor-selection.ts';
import type {Program, Site} from './site.ts';
import {stopJob, waitForSlow} from './stopping.ts';

/** What is said of a job, and whether what was asked is done. */
type Said = {readonly isDone: boolean; readonly text: string};

const done = (text: string): Said => ({isDone: true, text});
const refused = (text: string): Said => ({isDone: false, text});

/** What is said of single jobs: what was done on stdout, all else on stderr. */
const saidOf = (said: readonly Said[]): Required<ProgramAnswer> => {
	const lines = (isDone: boolean) =>
		said.flatMap(one => (one.isDone === isDone ? `${one.text}\n` : [])).join('');
	const hasFailed = said.length > 0 && !said.some(({isDone}) => isDone);
	// Where nothing was done, the schedd adds words of its own, which are empty.
	return {stdout: lines(true), stderr: `${hasFailed ? '\n' : ''}${lines(false)}`, code: hasFailed ? 1 : 0};
};

/** What becomes of one job; `id` is as it was asked for. */
const remove = (site: Site, id: string, one: CondorJob | undefined, isForced: boolean): Said => {
	if (one === undefined) return refused(`Job ${id} not found`);
	if (one.user.uid !== site.me.uid)
		return refused(`Permission denied to ${isForced ? 'force removal of' : 'remove'} job ${id}`);
	const isRemoved = one.status === jobStatus.removed;
	if (isForced) {
		if (!isRemoved) return refused(`Job ${id} not in \`X' state to be forcibly removed`);
		site.world.drop(one.index);
		return done(`Job ${id} removed locally (remote state unknown)`);
	}
	if (isRemoved) return refused(`Job ${id} already marked for removal`);
	stopJob(site, one.index);
	return done(`Job ${id} marked for removal`);
};

/** Jobs that are named together: a condition on them, and the words for them. */
type Group = {readonly constraint: string; readonly words: string};

/** What is asked for beside single jobs; undefined where that is nothing. */
const groupIn = ({options, words}: Arguments): Group | undefined => {
	const named = words.flatMap((word): Group[] => {
		const ids = idsIn(word);
		if (ids === undefined) return [{constraint: `Owner == "${word}"`, words: ` of user "${word}"`}];
		if (ids.proc !== undefined) return [];
		return [{constraint: `ClusterId == ${ids.cluster}`, words: ` in cluster ${ids.cluster}`}];
	});
	const [first, ...others] = named;
	const own = options.get('-constraint');
	if (first === undefined && own === undefined)
		return options.has('-all') ? {constraint: 'true', words: ''} : undefined;
	if (first !== undefined && own === undefined && others.length === 0) return first;
	const either = named.map(({constraint}) => constraint).join(' || ');
	const constraint = [own, either]
		.filter(Boolean)
		.map((text, _, all) => (all.length > 1 ? `(${text})` : text));
	const whole = constraint.join(' && ');
	return {constraint: whole, words: ` matching constraint (${whole})`};
};

const idOf = (ids: Ids | undefined): string => `${ids?.cluster}.${ids?.proc}`;

export const condorRm: Program = async (site, {args}) => {
	const call = readArguments(args, valued);
	const isForced = call.options.has('-forcex');
	const singles = call.words.filter(word => idsIn(word)?.proc !== undefined);
	const group = groupIn(call);
	if (singles.length === 0 && group === undefined) return {stderr: usage, code: 1};
	const holds = group && conditionOf(group.constraint);
	if (group !== undefined && holds === undefined) return invalidConstraint(call);
	const queue = condorJobs(site).filter(({hasLeft}) => !hasLeft);
	const byId = new Map(queue.map(one => [idOf(one), one]));
	const named = singles.map(word => ({word, one: byId.get(idOf(idsIn(word)))}));
	const grouped = holds ? queue.filter(({ad}) => holds(ad)) : [];
	const single = saidOf(named.map(({word, one}) => remove(site, word, one, isForced)));
	const isDone = grouped.map(one => remove(site, idOf(one), one, isForced).isDone);
	await waitForSlow(
		site,
		[...named.map(({one}) => one), ...grouped].flatMap(one => one?.index ?? []),
	);
	if (group === undefined) return single;
	if (isDone.includes(true)) {
		const what = isForced ? 'removed locally (remote state unknown)' : 'marked for removal';
		return {...single, stdout: `${single.stdout}All jobs${group.words} have been ${what}\n`};
	}
	return {...single, stderr: `${single.stderr}\nCouldn't find/remove all jobs${group.words}\n`, code: 1};
};

const usage = 'You did not specify any jobs\nUsage: condor_rm [options] [constraints]\n';
