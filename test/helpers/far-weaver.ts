import type {TestContext} from 'node:test';
import type {WorldPhase} from '../../source/demo/lives.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {temporaryDirectory} from './engine.ts';
import {type CliOptions, runCli} from './run-cli.ts';

/** An embedded Weaver whose jobs stay as they are, and the program on it. */
export const openFar = async (context: TestContext) => {
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startWeaverServer({world, clock: systemClock, seed: 'test'});
	context.after(() => server.close());
	const state = temporaryDirectory(context);
	const env = {WEAVER_URL: server.url, JOBTOP_STATE_DIR: state};
	const add = (phase: WorldPhase, name: string) => server.add(phase, {name, process: 'sleeper'});
	return {
		world,
		server,
		state,
		env,
		add,
		deletes: () => server.requests().filter(({method}) => method === 'DELETE'),
		jobtop: (parameters: readonly string[], options: CliOptions = {}) =>
			runCli(parameters, {...options, env: {...env, ...options.env}}),
	};
};
