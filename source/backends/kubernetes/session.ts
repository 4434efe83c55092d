/*
One server and who asks it. A kubeconfig is read with the first request, so what is known of the server before that is nothing.
*/
import {BackendError} from '../../job/failure.ts';
import {type Http, type HttpOptions, type HttpRequest, openHttp} from '../http.ts';
import {own} from './wire.ts';

/** Where the server is as things are now, and in which namespace jobs are looked for. */
export type Reached = {
	readonly http: HttpOptions;
	readonly namespace?: string;
	/** What distinguishes this cluster from another one at the same address. */
	readonly cluster?: string;
};

/** How the server is found. */
export type Access = {
	/** As things are now: the same value as long as nothing has changed. */
	readonly reach: () => Promise<Reached>;
	/** Where nothing has to be read for it. */
	readonly known?: Reached;
};

/** Sends requests to the server. */
export type Session = {
	/** The server, and the namespace of its context. */
	readonly open: () => Promise<{readonly http: Http; readonly reached: Reached}>;
	/** The request in one line. Nothing is asked. Throws where it is not known yet which server it goes to. */
	readonly describe: (request: Omit<HttpRequest, 'signal'>) => string;
	readonly close: () => Promise<void>;
};

export const openSession = ({reach, known}: Access, connections: number): Session => {
	type Opened = {readonly http: Http; readonly reached: Reached};
	let current: Opened | undefined;
	/** Their requests may still be answered. */
	const former: Opened[] = [];

	const openFor = (reached: Reached): Opened => {
		if (current?.reached === reached) return current;
		if (current) former.push(current);
		current = {reached, http: openHttp({connections, ...reached.http}, own)};
		return current;
	};

	if (known) openFor(known);
	return {
		open: async () => openFor(await reach()),
		describe(request) {
			if (current) return current.http.describe(request);
			const detail = 'the kubeconfig has not been read yet: list the jobs first';
			throw new BackendError({kind: 'unreachable', detail});
		},
		async close() {
			await Promise.all([...former, ...(current ? [current] : [])].map(({http}) => http.close()));
		},
	};
};
