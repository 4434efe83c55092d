import type {WorldJob} from '../lives.ts';

/** What a job has printed until now. A written line never changes. */
export const outputText = (job: WorldJob): string => {
	if (job.startedAt === undefined) return '';
	const lines = [`${job.plan.name}: reading 11 tiles`];
	for (let done = 0; done <= job.percent; done += 10) lines.push(`tile ${done / 10 + 1} of 11`);
	if (job.phase === 'failed') lines.push('error: a tile has no valid pixels');
	if (job.phase === 'succeeded') lines.push('done');
	return `${lines.join('\n')}\n`;
};
