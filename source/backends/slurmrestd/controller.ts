import {cleanText} from '../../job/clean-text.ts';
import type {System} from '../../job/system.ts';
import {isObject} from './wire.ts';

/**
What an answer to `/slurm/…/ping` tells of whose slurmrestd it is: its cluster, or, where it is older than 23.11 and does not tell, the host of the first controller.
*/
export const controllerIn = (body: unknown): System => {
	if (!isObject(body)) return {};
	const meta = isObject(body.meta) && isObject(body.meta.slurm) ? body.meta.slurm : {};
	const cluster = textIn(meta.cluster);
	if (cluster !== undefined) return {cluster};
	const [first] = Array.isArray(body.pings) ? body.pings : [];
	const controller = isObject(first) ? textIn(first.hostname) : undefined;
	return controller === undefined ? {} : {controller};
};

const textIn = (value: unknown): string | undefined =>
	typeof value === 'string' && value !== '' ? cleanText(value, 100) : undefined;
