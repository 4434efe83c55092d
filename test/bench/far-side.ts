/*
An embedded system in a process of its own, so that what it costs is not counted as ours. It is told what to start, and asked for what it was asked.
*/

import {send} from '../../source/demo/faults.ts';
import type {RequestLine} from '../../source/demo/server.ts';
import {systemClock, wait} from '../../source/process/clock.ts';
import {type SystemName, startSystem} from '../helpers/many.ts';

export type StartFar = {readonly name: SystemName; readonly jobs: number; readonly latencyMs: number};
export type FarStarted = {readonly url: string; readonly ids: readonly string[]};
export type FarAsked = {readonly requests: readonly RequestLine[]};

const running = new Map<string, Awaited<ReturnType<typeof startSystem>>>();

process.on('message', async (message: StartFar | {readonly requestsOf: string}) => {
	if ('requestsOf' in message) {
		const far = running.get(message.requestsOf);
		process.send?.({requests: far?.server.requests() ?? []} satisfies FarAsked);
		return;
	}
	const {name, jobs, latencyMs} = message;
	const far = await startSystem(name, systemClock);
	const {server} = far;
	if (latencyMs > 0) {
		server.setFault(async (response, work) => {
			await wait(systemClock, latencyMs);
			send(response, await work());
		});
	}
	const ids = Array.from({length: jobs}, (_, index) =>
		server.add('running', {name: `job ${index}`, process: 'sleeper'}),
	);
	running.set(server.url, far);
	process.send?.({url: server.url, ids} satisfies FarStarted);
});
process.on('disconnect', () => process.exit(0));
