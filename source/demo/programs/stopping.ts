/*
How jobs of an embedded system that is programs end once they are cancelled.
*/
import {wait} from '../../process/clock.ts';
import {comesBackAfterMs, type Deed} from '../lives.ts';
import type {Quirk} from '../scenario.ts';
import type {Site} from './site.ts';

const stopMs = {usual: 4000, stubborn: 20_000} as const;
const slowAnswerMs = 2000;

/** How long a running job takes to end once it is cancelled, in milliseconds. */
export const stopMsOf = ({speed}: Pick<Site, 'speed'>, quirk: Quirk | undefined): number =>
	stopMs[quirk === 'stubborn' ? 'stubborn' : 'usual'] / speed;

/** The last request that stopped a job; undefined where there was none. */
export const lastStop = ({world}: Pick<Site, 'world'>, index: number): Deed | undefined =>
	world.history(index).findLast(({effect}) => effect === 'stopped');

/** Whether a job was cancelled while it ran, and its processes are not gone yet. One that came back runs again. */
export const isStopping = (site: Pick<Site, 'world' | 'clock' | 'speed'>, index: number): boolean => {
	const job = site.world.job(index);
	const last = lastStop(site, index);
	if (job?.phase !== 'running' || last?.before !== 'running') return false;
	const {quirk} = job.plan;
	return quirk !== 'comes-back' || site.clock.now() < last.at + stopMsOf(site, quirk) + comesBackAfterMs;
};

/** Cancels a job: what waits ends at once, what runs takes some time, and may succeed before. */
export const stopJob = (site: Pick<Site, 'world' | 'speed'>, index: number): void => {
	const job = site.world.job(index);
	if (job === undefined) return;
	const {quirk} = job.plan;
	if (job.phase !== 'running') site.world.stop(index, 0);
	else site.world.stop(index, stopMsOf(site, quirk), quirk === 'late-write' ? 'succeeded' : 'cancelled');
};

/** Waits as long as the answer about cancelled jobs takes where one of them is slow. */
export const waitForSlow = async (
	{world, clock}: Pick<Site, 'world' | 'clock'>,
	indexes: readonly number[],
): Promise<void> => {
	if (indexes.some(index => world.job(index)?.plan.quirk === 'slow')) await wait(clock, slowAnswerMs);
};

/** When a job that went on all the same had seemed to end, in epoch milliseconds. */
export const earlierEnds = (
	site: Pick<Site, 'world' | 'clock' | 'speed'>,
	index: number,
): readonly number[] => {
	const {quirk} = site.world.job(index)?.plan ?? {};
	if (quirk !== 'comes-back' && quirk !== 'works-on') return [];
	return site.world
		.history(index)
		.filter(({effect, before}) => effect === 'stopped' && before === 'running')
		.map(({at}) => at + stopMsOf(site, quirk))
		.filter(at => at <= site.clock.now());
};
