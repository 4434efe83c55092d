import {createHash} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';

/** The server's end of a WebSocket (RFC 6455): whole text messages, no extensions. */
export type Line = {
	readonly send: (text: string) => void;
	/** Says goodbye with a code, and ends the connection. */
	readonly close: (code: number, reason?: string) => void;
	/** A message of any bytes, which calls itself text or not. */
	readonly sendBytes: (bytes: Buffer, as: 'text' | 'binary') => void;
	/** Breaks the connection without a word. */
	readonly drop: () => void;
	readonly onMessage: (listener: (text: string) => void) => void;
	readonly onEnd: (listener: () => void) => void;
};

const opcodes = {text: 1, binary: 2, close: 8, ping: 9, pong: 10} as const;

/** Accepts an upgrade; undefined where it is no upgrade to a WebSocket. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex): Line | undefined => {
	const key = request.headers['sec-websocket-key'];
	if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
	// The fixed text is that of RFC 6455 §1.3.
	const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
	const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
	socket.write(`${[...head, `sec-websocket-accept: ${accept}`].join('\r\n')}\r\n\r\n`);

	const listeners = new Set<(text: string) => void>();
	let received: Buffer = Buffer.alloc(0);

	const write = (opcode: number, content: Buffer) => {
		if (socket.writable) socket.write(frame(opcode, content));
	};
	const close = (code: number, reason = '') => {
		const content = Buffer.alloc(2 + Buffer.byteLength(reason));
		content.writeUInt16BE(code);
		content.write(reason, 2);
		write(opcodes.close, content);
		socket.end();
	};

	const answers: Readonly<Record<number, (content: Buffer) => void>> = {
		[opcodes.text]: content => {
			for (const listener of listeners) listener(content.toString());
		},
		[opcodes.close]: content => {
			write(opcodes.close, content);
			socket.end();
		},
		[opcodes.ping]: content => write(opcodes.pong, content),
		[opcodes.pong]: () => {},
	};

	socket.on('data', (bytes: Buffer) => {
		received = Buffer.concat([received, bytes]);
		for (let read = readFrame(received); read !== undefined; read = readFrame(received)) {
			if (read === 'strange') return close(1002);
			received = read.rest;
			const answer = answers[read.opcode];
			if (answer === undefined) return close(1003);
			answer(read.content);
		}
	});
	// A listener may leave at any time.
	socket.on('error', () => socket.destroy());

	return {
		send: text => write(opcodes.text, Buffer.from(text)),
		sendBytes: (bytes, as) => write(opcodes[as], bytes),
		close,
		drop: () => void socket.destroy(),
		onMessage: listener => void listeners.add(listener),
		onEnd: listener => void socket.once('close', listener),
	};
};

/** A whole frame of the server: unmasked. */
const frame = (opcode: number, content: Buffer): Buffer => {
	const {length} = content;
	const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
	head[0] = 0x80 | opcode;
	if (length < 126) head[1] = length;
	else if (length < 65_536) {
		head[1] = 126;
		head.writeUInt16BE(length, 2);
	} else {
		head[1] = 127;
		head.writeBigUInt64BE(BigInt(length), 2);
	}
	return Buffer.concat([head, content]);
};

type Frame = {readonly opcode: number; readonly content: Buffer; readonly rest: Buffer};

/** The first frame of a client, masked as it must be; undefined where it is not all there. What a client has to say here is short and in one piece. */
const readFrame = (bytes: Buffer): Frame | 'strange' | undefined => {
	if (bytes.length < 2) return undefined;
	const [first = 0, second = 0] = bytes;
	const short = second & 0x7f;
	if ((first & 0x80) === 0 || (second & 0x80) === 0 || short === 127) return 'strange';
	const start = short === 126 ? 8 : 6;
	if (bytes.length < start) return undefined;
	const length = short === 126 ? bytes.readUInt16BE(2) : short;
	if (bytes.length < start + length) return undefined;
	const mask = bytes.subarray(start - 4, start);
	const content = Buffer.from(bytes.subarray(start, start + length));
	for (let index = 0; index < length; index += 1)
		content[index] = (content[index] ?? 0) ^ (mask[index % 4] ?? 0);
	return {opcode: first & 0x0f, content, rest: bytes.subarray(start + length)};
};
