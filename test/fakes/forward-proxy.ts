/*
A forward proxy on loopback that wants a login: it tunnels CONNECT, and passes on requests for plain http.
*/
import {createServer, request as httpRequest, type IncomingMessage} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import type {TestContext} from 'node:test';

export type ForwardProxy = {
	readonly port: number;
	/** The host and the port, or the address, of each request with a valid login. */
	readonly passed: readonly string[];
	readonly refused: () => number;
};

/** Starts a proxy for this user and password. */
export const startForwardProxy = async (t: TestContext, login: string): Promise<ForwardProxy> => {
	const passed: string[] = [];
	let refused = 0;
	const valid = ({headers}: IncomingMessage): boolean => {
		const good = headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`;
		if (!good) refused += 1;
		return good;
	};
	const server = createServer((request, response) => {
		if (!valid(request)) {
			response.writeHead(407, {'proxy-authenticate': 'Basic realm="site"'}).end();
			return;
		}
		passed.push(request.url ?? '');
		const onward = httpRequest(request.url ?? '', {method: request.method, headers: request.headers});
		onward.once('response', answer => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		onward.once('error', () => response.writeHead(502).end());
		request.pipe(onward);
	});
	server.on('connect', (request, client, head) => {
		client.on('error', () => undefined);
		if (!valid(request)) {
			const headers = 'Proxy-Authenticate: Basic realm="site"\r\nContent-Length: 0\r\n';
			client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${headers}\r\n`);
			return;
		}
		passed.push(request.url ?? '');
		const [host, port] = (request.url ?? '').split(':');
		const far = connect(Number(port), host, () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			far.write(head);
			far.pipe(client).pipe(far);
		});
		far.on('error', () => client.destroy());
		client.on('close', () => far.destroy());
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {port: (server.address() as AddressInfo).port, passed, refused: () => refused};
};
