import {cleanText} from '../../job/clean-text.ts';
import type {System} from '../../job/system.ts';
import {isObject} from './wire.ts';

/**
The identity of a slurmrestd in its answer to `/slurm/…/ping`: its cluster, or the host of the first controller where it is older than 23.11 and does not name its cluster.
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
