/*
A SOCKS5 proxy on loopback (RFC 1928, RFC 1929) that wants a login where it is given one.
*/
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import type {TestContext} from 'node:test';

export type SocksProxy = {
	readonly port: number;
	/** The host and the port of each connection, as the client named them. */
	readonly passed: readonly string[];
	/** The user and the password of each login. */
	readonly logins: readonly string[];
};

export type SocksOptions = {
	/** `user:password`; no login is wanted if absent. */
	readonly login?: string;
	/** The reply to CONNECT, in place of leading on. */
	readonly reply?: number;
};

/** Reads exactly so many bytes. */
const take = (socket: Socket, bytes: number): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const look = () => {
			const piece: Buffer | null = socket.read(bytes);
			if (piece === null) return;
			socket.off('readable', look);
			resolve(piece);
		};
		socket.on('readable', look);
		socket.once('close', () => reject(new Error('closed')));
		look();
	});

const hostOf = async (socket: Socket, kind: number): Promise<string> => {
	if (kind === 1) return (await take(socket, 4)).join('.');
	if (kind !== 3) throw new Error('only names and IPv4');
	const [length = 0] = await take(socket, 1);
	return (await take(socket, length)).toString();
};

export const startSocksProxy = async (
	t: TestContext,
	{login, reply}: SocksOptions = {},
): Promise<SocksProxy> => {
	const passed: string[] = [];
	const logins: string[] = [];
	const serve = async (client: Socket) => {
		const [, count = 0] = await take(client, 2);
		const methods = await take(client, count);
		const method = login === undefined ? 0 : 2;
		client.write(Buffer.from([5, methods.includes(method) ? method : 255]));
		if (login !== undefined) {
			const [, user = 0] = await take(client, 2);
			const name = await take(client, user);
			const [length = 0] = await take(client, 1);
			logins.push(`${name}:${await take(client, length)}`);
			client.write(Buffer.from([1, logins.at(-1) === login ? 0 : 1]));
		}
		const [, , , kind = 0] = await take(client, 4);
		const host = await hostOf(client, kind);
		const port = (await take(client, 2)).readUInt16BE();
		passed.push(`${host}:${port}`);
		const answer = (code: number) => client.write(Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]));
		if (reply !== undefined) return answer(reply);
		const far = connect(port, host, () => {
			answer(0);
			far.pipe(client).pipe(far);
		});
		far.on('error', () => client.destroy());
		client.on('close', () => far.destroy());
	};
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		serve(socket).catch(() => socket.destroy());
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return {port: (server.address() as AddressInfo).port, passed, logins};
};
