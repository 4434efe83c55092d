import {BackendError} from '../../job/failure.ts';
import type {System} from '../../job/system.ts';
import type {Backend, BackendDefinition} from '../backend.ts';
import type {HttpOptions} from '../http.ts';
import {isLoopback} from '../http-limits.ts';
import {httpSystem} from '../http-system.ts';
import type {Viewer} from '../slurm/records.ts';
import {cancel, cancelRequest} from './cancel.ts';
import {controllerIn} from './controller.ts';
import {traits} from './facts.ts';
import {createReadList, listPage} from './list.ts';
import {getJob, getJobs} from './look.ts';
import {openServer, type Server, type SlurmrestdOptions} from './server.ts';

const connect = (profile: string, options: SlurmrestdOptions): Backend => {
	const server = openServer({connections: traits.concurrency, ...options});
	const viewer: Viewer = {
		profile,
		backend: 'slurmrestd',
		isMine: ({user}) => user === options.user,
	};
	const readList = createReadList(server, viewer);
	const viewpoint = {server, readList, viewer};
	let controller: System | undefined;
	return {
		listPage: request => listPage(readList, viewer, request),
		get: (id, {signal}) => getJob(viewpoint, id, signal),
		getMany: (ids, {signal}) => getJobs(viewpoint, ids, signal),
		cancel: (id, {signal}) => cancel(server, id, signal),
		describeCancel: ids => [...new Set(ids)].map(id => server.describe(cancelRequest(server.knownApi(), id))),
		async system({signal}) {
			const own = httpSystem(traits.kind, {...options, account: options.account ?? options.user});
			if (!isHere(options)) return own;
			// Asked for once: a slurmrestd keeps its controller.
			controller ??= await askController(server, signal);
			return {...own, ...controller};
		},
		close: server.close,
	};
};

/** The controller behind this slurmrestd; undefined where it does not say now. */
const askController = async (server: Server, signal: AbortSignal): Promise<System | undefined> => {
	try {
		const {ping} = await server.api(signal);
		return controllerIn(await server.ask({path: ping, signal}));
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

/** An address of this machine, which on another one is that of another server. */
const isHere = ({socketPath, url}: HttpOptions): boolean =>
	socketPath !== undefined || isLoopback(new URL(url).hostname);

export const slurmrestd: BackendDefinition<SlurmrestdOptions> = {traits, connect};
