import type {Job} from '../job/job.ts';

/** `42%`: never more than the job has done, so that 100% means all of it. */
export const percentWords = (percent: number): string => `${Math.floor(percent)}%`;

/** How far a job is, from 0 to 100, where its backend tells it. */
export const percentOf = ({progress}: Job): number | undefined => {
	if (!progress) return undefined;
	const {percent, done, total} = progress;
	return percent ?? (done !== undefined && total ? (100 * done) / total : undefined);
};
