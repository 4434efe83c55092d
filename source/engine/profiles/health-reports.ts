import {adviceOf} from '../../job/failure.ts';
import type {Notify} from '../notify.ts';
import type {ProfileHealth, Report} from '../protocol.ts';

export type HealthReportsOptions = {
	readonly report: Report;
	readonly notify: Notify;
	/** The credential of the profile works again. */
	readonly renewed: (profile: string) => void;
};

/** Reports the health of one profile, with a notice when its state changes. */
export const createHealthReports = ({report, notify, renewed}: HealthReportsOptions) => {
	let last: ProfileHealth | undefined;
	return (health: ProfileHealth): void => {
		const before = last;
		last = health;
		report([{type: 'health', health}]);
		if (before === undefined || before.state === health.state) return;
		const name = health.profile;
		if (health.failure) {
			notify('error', `${health.failure.detail}; ${adviceOf(health.failure)}`, name);
		} else if (health.state === 'ok' && before.state !== 'loading') {
			notify('info', 'answers again', name);
		}
		if (before.state === 'unauthorized' && health.state === 'ok') renewed(name);
	};
};
