import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TestContext} from 'node:test';

export type CannedAnswer = {readonly status: number; readonly type?: string; readonly body: string};

/** A JSON answer. */
export const answer = (status: number, body: unknown): CannedAnswer => ({status, body: JSON.stringify(body)});

/** A server on loopback that gives these answers, one after the other, the last one for ever; and what it was asked. */
export const startAnswering = async (t: TestContext, answers: readonly CannedAnswer[]) => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const {
			status,
			type = 'application/json',
			body,
		} = answers[asked.length] ?? (answers.at(-1) as CannedAnswer);
		asked.push(`${request.method} ${request.url}`);
		response.writeHead(status, {'content-type': type}).end(body);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};
