import {type Fault, type FaultHandler, json, send} from '../../source/demo/faults.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import {secret} from './remote.ts';

// As careless servers do, it repeats what it was sent.
const words = `Bearer ${secret} will not do`;
// In the form of each of the systems.
const complain =
	(status: number): FaultHandler =>
	response =>
		send(
			response,
			json(status, {
				title: 'No',
				status: 'error',
				kind: 'Status',
				message: words,
				detail: words,
				details: {name: 'train'},
			}),
		);

/** How an embedded server has to fail for each kind of failure. One that is `unreachable` leaves. */
export const faultFor: Readonly<Record<Exclude<FailureKind, 'unreachable'>, Fault>> = {
	'cut-off': 'cut-off',
	timeout: 'silent',
	unauthorized: complain(401),
	forbidden: complain(403),
	'not-found': complain(404),
	conflict: complain(409),
	rejected: complain(422),
	'rate-limited': complain(429),
	broken: complain(500),
	malformed: 'login-page',
};
