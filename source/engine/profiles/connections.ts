import type {Backend, Connection} from '../../backends/backend.ts';
import {refOf} from '../../job/ref.ts';
import type {Clock} from '../../process/clock.ts';
import type {Faults} from '../faults.ts';
import {limited} from '../limiter/limited.ts';
import type {RequestReports} from '../request-reports.ts';
import type {Profiles} from './profiles.ts';

/** Why a request was sent, for users. */
const methodWords: Readonly<Record<keyof Backend, string>> = {
	system: 'system',
	listPage: 'list',
	get: 'look',
	look: 'look',
	getMany: 'look',
	cancel: 'cancel',
	cancelMany: 'cancel',
	partOf: 'dry run',
	describeCancel: 'dry run',
	describeLook: 'dry run',
	pageUrl: 'page',
	logIn: 'log in',
	forceCancel: 'force',
	suspend: 'suspend',
	unsuspend: 'unsuspend',
	describeSuspend: 'dry run',
	hide: 'hide',
	unhide: 'show again',
	delete: 'delete',
	logs: 'log',
	listen: 'log',
	results: 'results',
	close: 'close',
};

export type LimitAllOptions = {
	readonly clock: Clock;
	readonly requests: Pick<RequestReports, 'about'>;
	readonly faults: Faults;
	/** Their pollers slow down after rate limits. */
	readonly profiles: Pick<Profiles, 'named'>;
};

/** The connections by profile, each with its own limiter. */
export const limitAll = (
	connections: readonly Connection[],
	{clock, requests, faults, profiles}: LimitAllOptions,
): ReadonlyMap<string, Connection> =>
	new Map(
		connections.map(connection => {
			const {profile} = connection;
			const one = limited(connection, clock, {
				asks: (method, ids) =>
					requests.about(
						ids.map(id => refOf(profile, id)),
						methodWords[method],
					),
				onFault: (method, error) => faults.add(profile, method, error),
				// The poller handles the failures of its own requests.
				onPatience(method, failure) {
					if (method !== 'listPage') profiles.named(profile)?.poller.slowDown(failure);
				},
			});
			return [profile, one];
		}),
	);
