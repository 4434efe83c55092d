/*
An embedded Kubernetes whose jobs stay as they are until a request changes them, and a configuration that leads to it.
*/
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {temporaryDirectory} from './engine.ts';

/** Its profile is `k`, its only namespace `lab`; `state` is a folder of its own. */
export const openFarKubernetes = async (context: TestContext, {graceMs}: {readonly graceMs: number}) => {
	const token = 'key-for-these-tests';
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startKubernetesServer({
		world,
		clock: systemClock,
		seed: 'test',
		token,
		namespaces: ['lab'],
		graceMs,
	});
	context.after(() => server.close());
	const state = temporaryDirectory(context);
	const config = join(state, 'config.toml');
	writeFileSync(
		config,
		`[profiles.k]\nbackend = 'kubernetes'\nurl = '${server.url}'\ntoken_env = 'KEY'\nnamespaces = ['lab']\n`,
		{mode: 0o600},
	);
	return {server, state, env: {JOBTOP_CONFIG: config, JOBTOP_STATE_DIR: state, KEY: token}};
};
