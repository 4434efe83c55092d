import type {Connection} from '../../backends/backend.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import type {Attention} from '../attention.ts';
import type {Notify} from '../notify.ts';
import {intervalBeside} from '../polling/pace.ts';
import type {Report, Scope} from '../protocol.ts';
import type {RowReports} from '../row-reports.ts';
import {createSteps, type ProfileTest, testProfile} from './profile-test.ts';
import type {Profile, Profiles} from './profiles.ts';
import type {Seen} from './seen.ts';

export type ProfileActionsOptions = {
	readonly profiles: Profiles;
	readonly clock: Clock;
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
	readonly attention: Pick<Attention, 'request'>;
	readonly seen: Seen;
	readonly rowReports: RowReports;
	/** The credential of the profile works again. */
	readonly renewed: (profile: string) => void;
	readonly report: Report;
	readonly notify: Notify;
};

/** The user's actions on profiles: poll now, test, log in, turn on and off, change the interval and the scope. */
export const createProfileActions = (options: ProfileActionsOptions) => {
	const {profiles, clock, moment, signal, attention, seen, rowReports, report, notify} = options;

	type Action = (profile: Profile, onSteps: ProfileTest['onSteps']) => Promise<void>;

	/** Runs an action on a profile, and reports its steps. */
	const trying = (name: string, action: Action) => {
		const profile = profiles.named(name);
		const onSteps: ProfileTest['onSteps'] = (steps, done) =>
			report([{type: 'profile-steps', profile: name, steps, done}]);
		if (!profile) return;
		void action(profile, onSteps).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
	};

	const test: Action = (profile, onSteps) => {
		const {connection} = profile;
		const askedMoment = moment();
		const onPage = (jobs: readonly Job[]) => seen(profile, jobs, askedMoment, 'list');
		return testProfile({connection, scope: profiles.scope(), clock, signal, onSteps, onPage});
	};

	const logIn =
		(terminal?: 'lent'): Action =>
		async ({connection, poller}, onSteps) => {
			const say = createSteps({clock, onSteps});
			const {backend, reach, profile} = connection;
			say(`read the credential again from ${reach?.credential ?? 'its source'}`);
			try {
				await backend.logIn?.(terminal);
			} catch (error) {
				if (!(error instanceof BackendError)) throw error;
				say(error.failure.detail, 'wrong', true);
				return;
			}
			say('found one; jobtop polls the profile with it and resumes what waited for it', 'well', true);
			options.renewed(profile);
			poller.now();
		};

	return {
		/** Polls one profile, or all, now. */
		refresh(name?: string) {
			attention.request();
			for (const {connection, poller} of profiles.all()) {
				if (name === undefined || name === connection.profile) poller.now();
			}
		},
		/** Requests one page, and reports each step. */
		test: (name: string) => trying(name, test),
		/** Reads the credential again, and polls with it. With `lent`, a program that prints it has the terminal meanwhile. */
		logIn: (name: string, terminal?: 'lent') => trying(name, logIn(terminal)),
		/** Turns a profile on or off: its polls and its rows. */
		enable(name: string, enabled: boolean) {
			const profile = profiles.named(name);
			if (!profile || enabled !== rowReports.isOff(name)) return;
			const rows = profile.rows.all();
			if (enabled) rowReports.show(name, rows);
			else rowReports.conceal(name, rows);
			profile.poller.turn(enabled);
		},
		changeScope(scope: Scope) {
			profiles.setScope(scope);
			attention.request();
			report([{type: 'scope', scope}]);
			for (const {rows, poller} of profiles.all()) {
				rowReports.reportNow([], rows.narrow(scope));
				poller.now();
			}
		},
		/** Sets the interval of every profile, in milliseconds, or makes it longer or shorter. */
		changeIntervals(to: number | 'longer' | 'shorter') {
			const limited: Connection[] = [];
			attention.request();
			for (const {connection, poller} of profiles.all()) {
				const intervalMs = typeof to === 'number' ? to : intervalBeside(poller.health().intervalMs, to);
				const minMs = connection.minInterval?.ms ?? 0;
				if (intervalMs < minMs) limited.push(connection);
				poller.every(Math.max(intervalMs, minMs));
			}
			for (const text of limitNotices(limited)) notify('warning', text);
		},
	};
};

export type ProfileActions = ReturnType<typeof createProfileActions>;

/** Notices about profiles that may not be polled as often as the user wants, one per limit. */
const limitNotices = (limited: readonly Connection[]): readonly string[] => {
	const alike = Map.groupBy(limited, ({minInterval}) => `${minInterval?.ms} ${minInterval?.from}`);
	return [...alike.values()].map(connections => {
		const names = connections.map(({profile}) => profile).join(', ');
		const {ms = 0, from} = connections[0]?.minInterval ?? {};
		return `${names}: at most one poll every ${ms / 1000} s, limited by ${from}`;
	});
};
