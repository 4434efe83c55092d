import type {Backend, Connection, RequestOptions} from '../../backends/backend.ts';
import {backendOf} from '../../backends/methods.ts';
import type {Failure} from '../../job/failure.ts';
import type {Clock} from '../../process/clock.ts';
import {containing, type Watch} from './contained.ts';
import {createLimiter} from './limiter.ts';
import type {Urgency} from './urgency.ts';

const alreadyLimited = new WeakSet<Connection>();

/** The connection with a limiter for all requests of its profile. A connection that already has one keeps it. */
export const limited = (connection: Connection, clock: Clock, watch: Watch = {}): Connection => {
	if (alreadyLimited.has(connection)) return connection;
	const {backend, traits} = connection;
	const {run, goOn} = createLimiter(traits, clock);
	const careful = containing(watch);
	const through = <Argument, Request extends RequestOptions, Result>(
		urgent: Urgency,
		name: keyof Backend,
		method: ((argument: Argument, request: Request) => Promise<Result>) | undefined,
	) =>
		method &&
		((argument: Argument, request: Request) =>
			run(
				urgent,
				() => {
					request.leaving?.();
					const heard = {...request, onPatience: (wish: Failure) => watch.onPatience?.(name, wish)};
					return careful(name, argument, request.signal, () => method(argument, heard));
				},
				request.signal,
			));
	const {listen} = backend;

	const limitedBackend = backendOf({
		listPage: request =>
			run(
				'list',
				() => careful('listPage', undefined, request.signal, () => backend.listPage(request)),
				request.signal,
			),
		// Not limited: a person or a batch waits for it, and it is at most one small request.
		system: backend.system,
		get: through('look', 'get', backend.get),
		look: through('look', 'look', backend.look),
		getMany: through('look', 'getMany', backend.getMany),
		cancel: through('cancel', 'cancel', backend.cancel),
		cancelMany: through('cancel', 'cancelMany', backend.cancelMany),
		partOf: backend.partOf,
		describeCancel: backend.describeCancel,
		forceCancel: through('cancel', 'forceCancel', backend.forceCancel),
		suspend: through('cancel', 'suspend', backend.suspend),
		unsuspend: through('cancel', 'unsuspend', backend.unsuspend),
		describeSuspend: backend.describeSuspend,
		hide: through('look', 'hide', backend.hide),
		unhide: through('look', 'unhide', backend.unhide),
		delete: through('cancel', 'delete', backend.delete),
		logs: through('look', 'logs', backend.logs),
		// Not limited: a stream of hours must not occupy a slot of short requests.
		listen: listen && ((id, request) => careful('listen', id, request.signal, () => listen(id, request))),
		results: through('look', 'results', backend.results),
		describeLook: backend.describeLook,
		pageUrl: backend.pageUrl,
		logIn: backend.logIn,
		close: backend.close,
	});
	const result = {...connection, goOn, backend: limitedBackend};
	alreadyLimited.add(result);
	return result;
};
