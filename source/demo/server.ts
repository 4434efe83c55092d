import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import type {Clock} from '../process/clock.ts';
import {type Answer, type Fault, faultHandler, json, send, type Work} from './faults.ts';
import {acceptWebSocket, type Line} from './websocket.ts';

/** A request as a dialect sees it. */
export type Call = {
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	readonly header: (name: string) => string | undefined;
	readonly body: string;
	/** The address of this server in the request. */
	readonly origin: string;
	/** The server treats its credential as expired. */
	readonly expired?: true;
};

export type RequestLine = {readonly method: string; readonly path: string; readonly at: number};

/** A dialect: what a system answers to a call. */
export type Dialect = (call: Call) => Answer | Promise<Answer>;

/** The messages of a system to a client that opens a WebSocket. */
export type Conversation = (call: Call, line: Line) => void;

/** An embedded server on loopback, and the ways to make it fail. */
export type DemoServer = {
	/** `http://127.0.0.1:port`, without a slash at the end. */
	readonly url: string;
	/** The latest requests, oldest first; at most 10,000. `path` is with its query. */
	readonly requests: () => readonly RequestLine[];
	/** All requests so far. */
	readonly count: () => number;
	/** The next request, or the next few, fail like this. */
	readonly failNext: (fault: Fault, times?: number) => void;
	/** Every request fails like this, until a call without a fault. */
	readonly setFault: (fault?: Fault) => void;
	/** As `setFault`, chosen again for every request. */
	readonly setFaults: (choose: () => Fault | undefined) => void;
	/** Stops listening and drops every connection; new ones are refused. */
	readonly leave: () => Promise<void>;
	/** Listens again, at the same address. */
	readonly comeBack: () => Promise<void>;
	readonly close: () => Promise<void>;
};

const maxLog = 10_000;

export const serve = async (
	dialect: Dialect,
	clock: Clock,
	port = 0,
	converse?: Conversation,
): Promise<DemoServer> => {
	const log: RequestLine[] = [];
	const pending: Fault[] = [];
	let count = 0;
	let standing: () => Fault | undefined = () => undefined;
	let address: AddressInfo | undefined;

	/** Writes a request down. The fault that it has to meet, if any. */
	const note = (request: IncomingMessage): Fault | undefined => {
		count += 1;
		log.push({method: request.method ?? 'GET', path: request.url ?? '/', at: clock.now()});
		if (log.length > maxLog) log.splice(0, maxLog / 2);
		return pending.shift() ?? standing();
	};

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const fault = note(request);
		const call = await readCall(request);
		const work: Work = async how => dialect({...call, ...how});
		if (fault === undefined) send(response, await work());
		else await faultHandler(fault)(response, work, clock);
	};

	const server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			// A client that has gone is no fault; anything else is said in the answer, as a server would.
			if (response.headersSent || response.destroyed) response.destroy();
			else send(response, json(500, {title: 'InternalError', detail: String(error)}));
		});
	});

	// Nothing counts these once they have been handed over.
	const lines = new Set<Duplex>();
	const openLine = (request: IncomingMessage, socket: Duplex) => {
		lines.add(socket);
		socket.once('close', () => lines.delete(socket));
		const fault = note(request);
		const expired = fault === 'expired-key';
		// There is no answer in which another fault could be said.
		const line = fault === undefined || expired ? acceptWebSocket(request, socket) : undefined;
		if (line === undefined) socket.destroy();
		else converse?.({...callOf(request, ''), ...(expired && {expired})}, line);
	};
	if (converse !== undefined) server.on('upgrade', openLine);

	const listen = async () => {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(address?.port ?? port, '127.0.0.1', () => {
				server.off('error', reject);
				resolve();
			});
		});
		address = server.address() as AddressInfo;
	};

	const leave = async () => {
		if (!server.listening) return;
		const left = new Promise<void>(resolve => server.close(() => resolve()));
		server.closeAllConnections();
		for (const socket of lines) socket.destroy();
		await left;
	};

	await listen();
	return {
		url: `http://127.0.0.1:${address?.port}`,
		requests: () => log,
		count: () => count,
		failNext(fault, times = 1) {
			for (let time = 0; time < times; time += 1) pending.push(fault);
		},
		setFault(fault) {
			standing = () => fault;
		},
		setFaults(choose) {
			standing = choose;
		},
		leave,
		async comeBack() {
			if (!server.listening) await listen();
		},
		close: leave,
	};
};

/** A segment of a path, decoded; unchanged where it cannot be decoded. */
export const decodeSegment = (segment: string): string => {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
};

const readCall = async (request: IncomingMessage): Promise<Call> => {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return callOf(request, Buffer.concat(parts).toString());
};

const callOf = (request: IncomingMessage, body: string): Call => {
	const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
	return {
		method: request.method ?? 'GET',
		path,
		query: new URLSearchParams(query),
		header: name => [request.headers[name]].flat()[0],
		body,
		origin: `http://${request.headers.host ?? '127.0.0.1'}`,
	};
};
