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
import {type ProfileTest, tellingSteps, testProfile} from './profile-test.ts';
import type {Profile, Profiles} from './profiles.ts';
import type {Seen} from './seen.ts';

export type ProfileActionsOptions = {
	readonly profiles: Profiles;
	readonly clock: Clock;
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
	readonly attention: Pick<Attention, 'ask'>;
	readonly seen: Seen;
	readonly rowReports: RowReports;
	/** The credential of the profile is good again. */
	readonly renewed: (profile: string) => void;
	readonly report: Report;
	readonly notify: Notify;
};

/** What the reader does with profiles: ask now, test, log in, turn on and off, ask more or less often, ask for more or fewer jobs. */
export const createProfileActions = (options: ProfileActionsOptions) => {
	const {profiles, clock, moment, signal, attention, seen, rowReports, report, notify} = options;

	type Action = (profile: Profile, tell: ProfileTest['tell']) => Promise<void>;

	/** Tries something with a profile, and reports it step by step. */
	const trying = (name: string, action: Action) => {
		const profile = profiles.named(name);
		const tell: ProfileTest['tell'] = (steps, done) =>
			report([{type: 'profile-steps', profile: name, steps, done}]);
		if (!profile) return;
		void action(profile, tell).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
	};

	const test: Action = (profile, tell) => {
		const {connection} = profile;
		const asked = moment();
		const onPage = (jobs: readonly Job[]) => seen(profile, jobs, asked, 'list');
		return testProfile({connection, scope: profiles.scope(), clock, signal, tell, onPage});
	};

	const logIn: Action = async ({connection, poller}, tell) => {
		const say = tellingSteps({clock, tell});
		const {backend, reach, profile} = connection;
		say(`read the credential again from ${reach?.credential ?? 'its source'}`);
		try {
			await backend.logIn?.();
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
		/** Asks now: one profile, or all. */
		refresh(name?: string) {
			attention.ask();
			for (const {connection, poller} of profiles.all()) {
				if (name === undefined || name === connection.profile) poller.now();
			}
		},
		/** Asks for one page, and reports step by step what happens. */
		test: (name: string) => trying(name, test),
		/** Reads the credential again, and asks with it. */
		logIn: (name: string) => trying(name, logIn),
		/** Asks a profile and shows its rows, or neither. */
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
			attention.ask();
			report([{type: 'scope', scope}]);
			for (const {rows, poller} of profiles.all()) {
				rowReports.reportNow([], rows.narrow(scope));
				poller.now();
			}
		},
		/** Asks every profile so often, in milliseconds, or less or more often than now. */
		changeIntervals(to: number | 'longer' | 'shorter') {
			const limited: Connection[] = [];
			attention.ask();
			for (const {connection, poller} of profiles.all()) {
				const wanted = typeof to === 'number' ? to : intervalBeside(poller.health().intervalMs, to);
				const leastMs = connection.minInterval?.ms ?? 0;
				if (wanted < leastMs) limited.push(connection);
				poller.every(Math.max(wanted, leastMs));
			}
			for (const text of limitNotices(limited)) notify('warning', text);
		},
	};
};

export type ProfileActions = ReturnType<typeof createProfileActions>;

/** What is said of profiles that may not be asked as often as the reader wants, one line for each limit. */
const limitNotices = (limited: readonly Connection[]): readonly string[] => {
	const alike = Map.groupBy(limited, ({minInterval}) => `${minInterval?.ms} ${minInterval?.from}`);
	return [...alike.values()].map(connections => {
		const names = connections.map(({profile}) => profile).join(', ');
		const {ms = 0, from} = connections[0]?.minInterval ?? {};
		return `${names}: at most one poll every ${ms / 1000} s, limited by ${from}`;
	});
};
