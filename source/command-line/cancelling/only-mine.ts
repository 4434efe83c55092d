/*
`--mine`: of the named jobs, only those of the user.
*/
import type {Connection} from '../../backends/backend.ts';
import type {Failure} from '../../job/failure.ts';
import {type Ref, shownRef} from '../../job/ref.ts';
import {isOthers} from '../../job/target.ts';
import {count} from '../../text/format.ts';
import {readProfiles} from '../listing/read-profiles.ts';
import type {Console} from '../output/console.ts';
import {connectionOf} from '../profiles/failure-words.ts';
import {type CancelResult, resultNotSent} from './cancel-results.ts';
import type {Candidate} from './confirmation.ts';

/** The jobs of the user, and the results of those of which nobody can say whose they are. */
export type Mine = {readonly candidates: readonly Candidate[]; readonly results: readonly CancelResult[]};

/** Leaves out the jobs of other people, and says which. What may be another person's is not sent either. */
export const onlyMine = async (
	all: readonly Candidate[],
	connections: readonly Connection[],
	console: Console,
): Promise<Mine> => {
	const lists = await ownLists(all, connections);
	const candidates: Candidate[] = [];
	const theirs: Candidate[] = [];
	const results: CancelResult[] = [];
	for (const candidate of all) {
		const {target, profile, job, why = ''} = candidate;
		const list = lists.get(profile);
		const unknown = job ? (list && !('refs' in list) ? list.failure.detail : undefined) : why;
		if (unknown !== undefined)
			results.push(resultNotSent(target.ref, `it is not known whose job it is: ${unknown}`));
		else if (isOthers(target) || (list && 'refs' in list && !list.refs.has(target.ref)))
			theirs.push(candidate);
		else candidates.push(candidate);
	}
	if (theirs.length > 0) {
		const names = theirs.map(({target: {ref, owner}}) => `${shownRef(ref)}${owner ? ` (${owner})` : ''}`);
		console.say(`jobtop: ${count(theirs.length, 'job')} left out: not yours: ${names.join(', ')}`);
	}
	return {candidates, results};
};

type OwnList = {readonly refs: ReadonlySet<Ref>} | {readonly failure: Failure};

/** The user's own active jobs on each profile where a look does not say whose a job is. */
const ownLists = async (
	all: readonly Candidate[],
	connections: readonly Connection[],
): Promise<ReadonlyMap<string, OwnList>> => {
	const profiles = [...new Set(all.map(({profile}) => profile))];
	const silent = profiles
		.map(profile => connectionOf(connections, profile))
		.filter(({traits}) => traits.shows.ownerInListOnly);
	const lists = await readProfiles(silent, {everyone: false, ended: false});
	return new Map(
		lists.map(({profile, list, failure}) => [profile, list ? {refs: new Set(list.jobs.keys())} : {failure}]),
	);
};
