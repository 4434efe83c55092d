import type {Connection} from '../../backends/backend.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {profileNamed} from '../journal/earlier-names.ts';
import {type Entry, type Lane, newPatience} from './entries.ts';
import {createLooks} from './looks/looks.ts';
import type {Reports} from './reports.ts';
import {createRequests} from './requests.ts';
import type {Sender} from './sending.ts';
import type {Sightings} from './sightings.ts';

export type LanesOptions = {
	/** By profile. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly moment: () => Moment;
	readonly reports: Pick<Reports, 'addJob'>;
	readonly sightings: Pick<Sightings, 'lookFailed' | 'saw' | 'sawPage'>;
	readonly sender: Sender;
};

export type Lanes = ReturnType<typeof createLanes>;

/** The lanes to profiles with cancellations, each opened on first use. */
export const createLanes = (options: LanesOptions) => {
	const lanes = new Map<string, Lane>();
	return {
		/** The lane to the profile with this current or earlier name; undefined if it is not configured. */
		to(name: string): Lane | undefined {
			const connection = profileNamed(options.connections.values(), name);
			if (!connection) return undefined;
			const lane = lanes.get(connection.profile) ?? openLane(connection, options);
			lanes.set(connection.profile, lane);
			return lane;
		},
		/** The lane to this profile, if it was opened. */
		opened: (profile: string): Lane | undefined => lanes.get(profile),
		all: (): Iterable<Lane> => lanes.values(),
	};
};

const openLane = (connection: Connection, options: LanesOptions): Lane => {
	const {clock, signal, moment, reports, sightings, sender} = options;
	const open = new Set<Entry>();
	const idOf = (entry: Entry) => entry.id;
	const lane: Lane = {
		connection,
		open,
		patience: newPatience(),
		looks: createLooks<Entry>({
			connection,
			clock,
			signal,
			moment,
			idOf,
			isSet: ({target, state}) => target.set !== undefined || state.members !== undefined,
			likelyEnded: ({state, missed}) =>
				missed || (state.step === 'following' && state.unproven !== undefined),
			sending: () => lane.requests.size(),
			reach: () => lane.requests.sliceSize(),
			crowd: () => open.size,
			onLook(entry, job, askedMoment, source) {
				reports.addJob(job, askedMoment);
				sightings.saw(entry, job, askedMoment, source);
			},
			onPage: sightings.sawPage,
			onFailure: sightings.lookFailed,
		}),
		requests: createRequests<Entry>({
			connection,
			clock,
			signal,
			idOf,
			methodFor: ({wanting, force}) => (force ? 'forceCancel' : wanting.batch.operation),
			seenOf: ({allowing}) => (allowing ? {seen: allowing} : {}),
			write: sender.write,
			mayLeave: sender.mayLeave,
			onHeld: sender.onHeld,
			batchOf: ({batch}) => batch.number,
			onUnreachable: (failure, concerns) => sender.withhold(lane, failure, concerns),
			onLeaving: sender.onLeaving,
			looking: () => lane.looks.underway(),
			onRoom: () => lane.looks.goOn(),
			onAnswer: sender.onAnswer,
		}),
	};
	return lane;
};
