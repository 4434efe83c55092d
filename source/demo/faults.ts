import type {ServerResponse} from 'node:http';
import {type Clock, systemClock, wait} from '../process/clock.ts';

/** What an embedded server answers. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** What is sent in place of the body, where it is no text. */
	readonly bytes?: Buffer;
};

/** Does what a request asks for, as if its credential had expired if that is said, and gives the answer. */
export type Work = (how?: {readonly expired: true}) => Promise<Answer>;

/** A way for one request to go wrong. A fault that never calls `work` leaves the jobs alone. */
export type FaultHandler = (response: ServerResponse, work: Work, clock?: Clock) => void | Promise<void>;

const contentOf = ({body, bytes}: Answer): Buffer => bytes ?? Buffer.from(body);

export const send = (response: ServerResponse, answer: Answer): void => {
	const {status, headers} = answer;
	const content = contentOf(answer);
	response.writeHead(status, {...headers, 'content-length': content.length}).end(content);
};

export const json = (
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Answer => ({
	status,
	headers: {'content-type': 'application/json', ...headers},
	body: JSON.stringify(body),
});

export const html = (status: number, title: string, text: string): Answer => ({
	status,
	headers: {'content-type': 'text/html; charset=UTF-8'},
	body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1>${text}</body></html>\n`,
});

const refuse =
	(status: number, title: string, headers: Readonly<Record<string, string>> = {}): FaultHandler =>
	response =>
		send(response, json(status, {title, status, detail: `${title}, says the demo`}, headers));

// Long enough to be noticed, short enough to be waited for.
const slowMs = 4000;

const firstHalf = (content: Buffer): Buffer => content.subarray(0, Math.floor(content.length / 2));

/** The ways in which real servers fail. */
export const faults = {
	'bad-request': refuse(400, 'Bad request'),
	unauthorized: refuse(401, 'Unauthorized', {'www-authenticate': 'Bearer'}),
	forbidden: refuse(403, 'Forbidden'),
	'not-found': refuse(404, 'Not found'),
	'not-allowed': refuse(405, 'Method not allowed'),
	conflict: refuse(409, 'Conflict'),
	'rate-limited': refuse(429, 'Too many requests', {'retry-after': '2'}),
	broken: refuse(500, 'Internal server error'),
	unavailable: refuse(503, 'Service unavailable', {'retry-after': '5'}),
	'login-page': response => send(response, html(200, 'Sign in', '<form action="/login"></form>')),
	/** The credential is refused in the words of the system. */
	'expired-key': async (response, work) => send(response, await work({expired: true})),
	/** JSON that no job system ever said. */
	nonsense: response =>
		send(response, json(200, {greeting: 'hello', jobs: 'many', items: 7, result: 'none', page: 'first'})),
	/** Does what was asked, and answers late. */
	slow: async (response, work, clock = systemClock) => {
		await wait(clock, slowMs);
		send(response, await work());
	},
	/** No answer, ever. */
	silent: () => {},
	/** Takes the request and drops the connection, without doing anything. */
	reset: response => void response.socket?.resetAndDestroy(),
	/** Does what was asked, and the answer is lost. */
	'lost-answer': async (response, work) => {
		await work();
		response.socket?.destroy();
	},
	/** Does what was asked, and the connection breaks in the middle of the answer. */
	'cut-off': async (response, work) => {
		const answer = await work();
		const content = contentOf(answer);
		response.writeHead(answer.status, {...answer.headers, 'content-length': content.length});
		response.write(firstHalf(content), () => response.socket?.destroy());
	},
	/** Does what was asked, and half of the answer is sent as if it were all. */
	'half-body': async (response, work) => {
		const answer = await work();
		send(response, {...answer, bytes: firstHalf(contentOf(answer))});
	},
} as const satisfies Record<string, FaultHandler>;

export type FaultName = keyof typeof faults;

/** A fault by name, or one of your own. */
export type Fault = FaultName | FaultHandler;

export const faultHandler = (fault: Fault): FaultHandler =>
	typeof fault === 'string' ? faults[fault] : fault;
