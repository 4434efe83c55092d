import type {Job} from '../job/job.ts';

// Fields with values that repeat in many rows. Each row from another thread has its own copy.
const repeated = ['profile', 'backend', 'kind', 'owner', 'phase', 'status', 'queue', 'reason'] as const;

const maxShared = 10_000;
const maxLength = 200;

const texts = new Map<string, string>();

const shared = (text: string): string => {
	const known = texts.get(text);
	if (known !== undefined) return known;
	if (texts.size >= maxShared) texts.clear();
	texts.set(text, text);
	return text;
};

/** Interns repeated text in a new row that nobody else holds yet, so that 100,000 rows do not keep 100,000 copies of a status. */
export const shareText = (job: Job): Job => {
	const row = job as {-readonly [Key in (typeof repeated)[number]]?: string};
	for (const key of repeated) {
		const text = row[key];
		if (text !== undefined && text.length <= maxLength) row[key] = shared(text);
	}
	return job;
};
