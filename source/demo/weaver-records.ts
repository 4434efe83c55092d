import type {WorldJob, WorldPhase} from './lives.ts';

/** The word that Weaver stores for each phase. */
export const words: Readonly<Record<WorldPhase, string>> = {
	held: 'created',
	queued: 'accepted',
	running: 'running',
	succeeded: 'successful',
	failed: 'failed',
	cancelled: 'dismissed',
};

const messages: Readonly<Record<WorldPhase, string>> = {
	held: 'Job is prepared.',
	queued: 'Job waits for a worker.',
	running: 'Job is at work.',
	succeeded: 'Job succeeded.',
	failed: 'Job failed: a tile has no valid pixels.',
	cancelled: 'Job dismissed.',
};

/** A job as Weaver's statusInfo. */
export const statusInfo = (id: string, job: WorldJob, origin: string): Record<string, unknown> => {
	const seconds = durationOf(job) / 1000;
	return {
		id,
		jobID: id,
		processID: job.plan.process,
		providerID: null,
		processingEntityType: 'ogc-api-processes',
		type: 'process',
		title: job.plan.name,
		status: words[job.phase],
		message: messages[job.phase],
		created: time(job.createdAt),
		started: time(job.startedAt),
		// Weaver fills it when a worker has ended, and not before: a dismissal does not change it.
		finished: time(job.endedAt),
		updated: time(job.updatedAt),
		duration: clockText(seconds),
		runningSeconds: seconds,
		...(job.plan.progress && {percentCompleted: job.percent, progress: job.percent}),
		links: links(id, job, origin),
	};
};

const durationOf = ({startedAt, endedAt, updatedAt}: WorldJob): number =>
	startedAt === undefined ? 0 : Math.max(0, (endedAt ?? updatedAt) - startedAt);

/** Microseconds and an offset, as Python writes them. */
const time = (at: number | undefined): string | null =>
	at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString().replace('Z', '000+00:00');

const clockText = (seconds: number): string =>
	[seconds / 3600, (seconds / 60) % 60, seconds % 60]
		.map(part => String(Math.floor(part)).padStart(2, '0'))
		.join(':');

const links = (id: string, job: WorldJob, origin: string): Record<string, string>[] => {
	const own = (rel: string, path: string, title: string) => ({
		rel,
		href: `${origin}/jobs/${id}${path}`,
		type: 'application/json',
		title,
	});
	return [
		own('status', '', 'Job status.'),
		{
			rel: 'https://www.opengis.net/def/rel/ogc/1.0/job-list',
			href: `${origin}/jobs`,
			type: 'application/json',
			title: 'Jobs.',
		},
		...(job.kept ? [own('logs', '/logs', 'Job logs.')] : []),
		...(job.phase === 'succeeded'
			? [own('https://www.opengis.net/def/rel/ogc/1.0/results', '/results', 'Job results.')]
			: []),
		...(job.phase === 'failed'
			? [own('https://www.opengis.net/def/rel/ogc/1.0/exceptions', '/exceptions', 'Job exceptions.')]
			: []),
	];
};

/** What the job printed, a line a string. */
export const logLines = (job: WorldJob): string[] => {
	const line = (at: number, percent: number, status: string, text: string) => {
		const stamp = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
		const elapsed = clockText(Math.max(0, at - job.createdAt) / 1000);
		return `[${stamp}] INFO     [weaver.datatype.Job] ${elapsed} ${String(percent).padStart(3)}% ${status.padEnd(10)} ${text}`;
	};
	const lines = [line(job.createdAt, 0, 'accepted', `Job ${job.plan.name} was taken.`)];
	const {startedAt, runMs = 0} = job;
	if (startedAt === undefined) return lines;
	// A written line never changes while the job goes on.
	for (let percent = 0; percent <= job.percent; percent += 10) {
		const at = startedAt + (runMs * percent) / 100;
		lines.push(line(at, percent, 'running', `Tile ${percent / 10 + 1} of 11.`));
	}
	if (job.endedAt !== undefined) {
		lines.push(line(job.endedAt, job.percent, words[job.phase], messages[job.phase]));
	}
	return lines;
};
