import type {Clock} from '../process/clock.ts';
import type {Notice, Report} from './protocol.ts';

/** Shows a notice. `profile`: the profile whose health it is about. */
export type Notify = (tone: Notice['tone'], text: string, profile?: string) => void;

export const createNotify =
	(clock: Pick<Clock, 'now'>, report: Report): Notify =>
	(tone, text, profile) =>
		report([
			{type: 'notice', notice: {at: clock.now(), tone, text, ...(profile !== undefined && {profile})}},
		]);
