import type {Backend, RequestOptions} from '../../../backends/backend.ts';
import type {Job} from '../../../job/job.ts';

/** One job's own record, with as few requests as its backend needs for that. */
export const lookAt = async ({look, get}: Backend, id: string, request: RequestOptions): Promise<Job> => {
	if (look) return look(id, request);
	if (!get) throw new Error('a backend that cancels must be able to look');
	return (await get(id, request)).job;
};
