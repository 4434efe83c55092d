import {BackendError, type Failure} from '../job/failure.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import type {Moment} from '../job/time.ts';
import type {Clock} from '../process/clock.ts';
import type {Profiles} from './profiles/profiles.ts';
import type {Seen} from './profiles/seen.ts';
import type {Report} from './protocol.ts';

export type InspectionOptions = {
	readonly profiles: Pick<Profiles, 'named'>;
	readonly clock: Pick<Clock, 'now'>;
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
	readonly seen: Seen;
	/** The system did not find the job; `askedMoment` is the moment of the request. */
	readonly missing: (ref: Ref, askedMoment: Moment) => void;
	readonly report: Report;
};

/** Looks at the single jobs that the user views. */
export const createInspection = (options: InspectionOptions) => {
	const {profiles, clock, moment, signal, seen, missing, report} = options;
	let inspected: Ref | undefined;

	const inspect = async (ref: Ref) => {
		const {profile: name, id} = parseRef(ref) ?? {profile: '', id: ''};
		const profile = profiles.named(name);
		const failed = (failure: Failure) => report([{type: 'detail-failed', ref, at: clock.now(), failure}]);
		if (!profile?.connection.backend.get) {
			return failed({kind: 'rejected', detail: `profile ${name} cannot show job details`});
		}
		const askedMoment = moment();
		try {
			const detail = await profile.connection.backend.get(id, {signal});
			seen(profile, [detail.job], askedMoment, 'alone');
			if (inspected === ref) report([{type: 'detail', ref, at: clock.now(), detail}]);
		} catch (error) {
			if (signal.aborted) return;
			if (!(error instanceof BackendError)) throw error;
			if (error.failure.kind === 'not-found') missing(ref, askedMoment);
			if (inspected === ref) failed(error.failure);
		}
	};

	/** Updates the row. A failure is not reported: the look before a request reports it. */
	const look = async (ref: Ref) => {
		const {profile: name, id} = parseRef(ref) ?? {profile: '', id: ''};
		const profile = profiles.named(name);
		const {get} = profile?.connection.backend ?? {};
		if (!profile || !get) return;
		const askedMoment = moment();
		try {
			const {job} = await get(id, {signal});
			seen(profile, [job], askedMoment, 'alone');
		} catch (error) {
			if (!(error instanceof BackendError) && !signal.aborted) throw error;
		}
	};

	return {
		/** Reports the details of one job, now and after each list of its profile, until another job or none is inspected. */
		inspect(ref: Ref | undefined) {
			inspected = ref;
			if (ref !== undefined) void inspect(ref);
		},
		/** Looks at a job once. */
		look(ref: Ref) {
			void look(ref);
		},
		/** A list of this profile arrived: refreshes the details of an inspected job, so that they are as fresh as its row. */
		listed(profile: string) {
			if (inspected && parseRef(inspected)?.profile === profile) void inspect(inspected);
		},
	};
};

export type Inspection = ReturnType<typeof createInspection>;
