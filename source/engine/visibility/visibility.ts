/*
What the reader no longer wants to see: hidden here and on its server, shown again, or deleted there.
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
	/** The last order for each job: a later one may not overtake it. */
	const orders = new Map<Ref, Promise<ServerHiding | undefined>>();

	const unlessStopping = (error: unknown): undefined => {
		if (!signal.aborted) throw error;
	};

	const hideThere = async ({connection, rows, poller}: Profile, refs: readonly Ref[], hidden: boolean) => {
		const answers = await Promise.all(
			refs.map(async ref => {
				const order = Promise.resolve(orders.get(ref))
					.catch(unlessStopping)
					.then(() => hideOnServer(connection, ref, hidden, signal));
				orders.set(ref, order);
				return [ref, await order] as const;
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
		const [first, ...others] = troubles;
		if (first !== undefined) {
			notify('error', others.length > 0 ? `${first} (and ${others.length} more)` : first);
		}
		// A list that was asked for before does not hold what is shown again.
		if (!hidden && done.some(ref => rows.get(ref) === undefined)) poller.now();
	};

	const hide = (refs: readonly Ref[], hidden: boolean) => {
		// Read-only is about servers; what is hidden here is one's own.
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
		const asked = moment();
		const deletion = await deleteJob(connection, target, signal);
		const {kind, job} = deletion;
		if (signal.aborted) return;
		if (kind === 'deleted' || kind === 'not-found') {
			if (rows.remove(target.ref)) rowReports.reportNow([], [target.ref]);
			// Its record is no use to anybody.
			if (job) hiddenRows.set([target.ref], true);
			// A list that is on its way was asked for before.
			poller.now();
		} else if (job) seen(profile, [job], asked, 'alone');
		report([{type: 'asked', kind: 'delete', refs: [target.ref], taken: kind === 'deleted'}]);
		notify(deletions[kind].tone, sentenceOfDeletion(target.ref, deletion));
	};

	return {
		/** Hides ended jobs, or shows them again: here, and on their servers where these have such a thing. */
		hide,
		/** Deletes ended jobs on their servers for good, each if it still is what was shown. */
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
