import type {Job} from '../job/job.ts';

// Words that stand in many rows. A row that crosses a thread boundary brings a copy of each.
const repeated = ['profile', 'backend', 'kind', 'owner', 'phase', 'status', 'queue', 'reason'] as const;

const mostShared = 10_000;
const longest = 200;

const texts = new Map<string, string>();

const shared = (text: string): string => {
	const known = texts.get(text);
	if (known !== undefined) return known;
	if (texts.size >= mostShared) texts.clear();
	texts.set(text, text);
	return text;
};

/** Lets a row that nobody else holds yet use the words of the rows before it: 100,000 rows need not keep 100,000 copies of a status. */
export const shareText = (job: Job): Job => {
	const row = job as {-readonly [Key in (typeof repeated)[number]]?: string};
	for (const key of repeated) {
		const text = row[key];
		if (text !== undefined && text.length <= longest) row[key] = shared(text);
	}
	return job;
};
