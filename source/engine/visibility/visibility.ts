/*
Hides jobs here and on their servers, shows them again, and deletes them there.
*/

import {parseRef, type Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Moment} from '../../job/time.ts';
import type {Notify} from '../notify.ts';
import type {Profile, Profiles} from '../profiles/profiles.ts';
import type {Seen} from '../profiles/seen.ts';
import type {Report} from '../protocol.ts';
import type {RowReports} from '../row-reports.ts';
import {deleteJob, deletions, sentenceOfDeletion} from './deletion.ts';
import type {HiddenRows} from './hidden-rows.ts';
import {hideOnServer, hidingTrouble, type ServerHiding} from './hiding.ts';

export type VisibilityOptions = {
	readonly profiles: Profiles;
	readonly readOnly: boolean;
	readonly hiddenRows: Pick<HiddenRows, 'set'>;
	readonly rowReports: Pick<RowReports, 'reportNow'>;
	readonly seen: Seen;
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
	readonly report: Report;
	readonly notify: Notify;
};

export const createVisibility = (options: VisibilityOptions) => {
	const {profiles, readOnly, hiddenRows, rowReports, seen, moment, signal, report, notify} = options;
	/** The last request for each job, so that a later one cannot overtake it. */
	const lastRequests = new Map<Ref, Promise<ServerHiding | undefined>>();

	const unlessStopping = (error: unknown): undefined => {
		if (!signal.aborted) throw error;
	};

	const hideThere = async ({connection, rows, poller}: Profile, refs: readonly Ref[], hidden: boolean) => {
		const answers = await Promise.all(
			refs.map(async ref => {
				const request = Promise.resolve(lastRequests.get(ref))
					.catch(unlessStopping)
					.then(() => hideOnServer(connection, ref, hidden, signal));
				lastRequests.set(ref, request);
				return [ref, await request] as const;
			}),
		);
		const done = answers.filter(([, {kind}]) => kind === 'done').map(([ref]) => ref);
		const troubles = answers.flatMap(
			([ref, answer]) => hidingTrouble(hidden, answer)?.replace(/^/, `${ref} `) ?? [],
		);
		if (done.length > 0) {
			const what = done.length === 1 ? done[0] : `${done.length} jobs`;
			const how = hidden ? 'hidden on its server too' : 'shown on its server again';
			notify('info', `${what} ${how}`, connection.profile);
		}
		report([{type: 'servers-answered', refs}]);
		const [first, ...others] = troubles;
		if (first !== undefined) {
			notify('error', others.length > 0 ? `${first} (and ${others.length} more)` : first);
		}
		// An earlier list does not hold a job that is shown again.
		if (!hidden && done.some(ref => rows.get(ref) === undefined)) poller.now();
	};

	const hide = (refs: readonly Ref[], hidden: boolean) => {
		// Read-only applies to servers; hidden rows are local.
		if (!hiddenRows.set(refs, hidden) || readOnly) return;
		for (const profile of profiles.all()) {
			const {backend, profile: name} = profile.connection;
			const own = refs.filter(ref => parseRef(ref)?.profile === name);
			if (own.length > 0 && (hidden ? backend.hide : backend.unhide)) {
				void hideThere(profile, own, hidden).catch(unlessStopping);
			}
		}
	};

	const remove = async (profile: Profile, target: JobTarget) => {
		const {connection, rows, poller} = profile;
		const askedMoment = moment();
		const deletion = await deleteJob(connection, target, signal);
		const {kind, job} = deletion;
		if (signal.aborted) return;
		if (kind === 'deleted' || kind === 'not-found') {
			if (rows.remove(target.ref)) rowReports.reportNow([], [target.ref]);
			// Hide the record that remains.
			if (job) hiddenRows.set([target.ref], true);
			// A list that is under way began before the deletion.
			poller.now();
		} else if (job) seen(profile, [job], askedMoment, 'alone');
		report([{type: 'asked', kind: 'delete', refs: [target.ref], taken: kind === 'deleted'}]);
		notify(deletions[kind].tone, sentenceOfDeletion(target.ref, deletion));
	};

	return {
		/** Hides ended jobs, or shows them again: here, and on their servers where supported. */
		hide,
		/** Deletes ended jobs on their servers for good, if they are unchanged since they were shown. */
		deleteAll(targets: readonly JobTarget[]) {
			if (readOnly) {
				const refs = targets.map(({ref}) => ref);
				report([{type: 'asked', kind: 'delete', refs, taken: false}]);
				return notify('error', 'jobtop is read-only here: nothing was deleted');
			}
			for (const target of targets) {
				const profile = profiles.of(target.ref);
				if (profile) void remove(profile, target);
			}
		},
	};
};

export type Visibility = ReturnType<typeof createVisibility>;
