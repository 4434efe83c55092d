import type {Job} from '../job/job.ts';

/** `42%`, rounded down, so that 100% means complete. */
export const percentWords = (percent: number): string => `${Math.floor(percent)}%`;

/** The progress of a job from 0 to 100, if its backend reports it. */
export const percentOf = ({progress}: Job): number | undefined => {
	if (!progress) return undefined;
	const {percent, done, total} = progress;
	return percent ?? (done !== undefined && total ? (100 * done) / total : undefined);
};
