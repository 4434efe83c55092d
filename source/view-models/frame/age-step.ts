import type {ProfileHealth} from '../../engine/protocol.ts';
import type {State} from '../../state/state.ts';
import {everyOf, isStale} from '../../table/health.ts';
import {unsettledCursor} from '../../table/subject.ts';

const second = 1000;
/** Few bytes in a quiet minute, for terminals behind a slow line. */
const quietStep = 5 * second;

/** Whether only the ages of a table change that nothing else happens to. */
const isQuiet = (state: State, now: number): boolean => {
	const {screen, known, cancellations, order} = state;
	const isCalm = (health: ProfileHealth) =>
		health.state === 'off' ||
		(health.state === 'ok' && everyOf(health) >= quietStep && !isStale(health, now));
	return (
		screen.pane === 'table' &&
		screen.overlay === undefined &&
		screen.detail === undefined &&
		screen.frozenAt === undefined &&
		order.inView.length > 0 &&
		known.waiting.length === 0 &&
		cancellations.every(({step}) => step === 'settled') &&
		unsettledCursor(state, now) === undefined &&
		[...known.health.values()].every(isCalm)
	);
};

/** Milliseconds between two updates of all ages on the screen. An age understates by less than this. */
export const ageStep = (state: State, now: number): number => (isQuiet(state, now) ? quietStep : second);
