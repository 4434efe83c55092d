/*
A login node with several job systems, and with programs of one that look like those of another.
*/
import assert from 'node:assert/strict';
import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';

/** `squeue`, Slurm's torque wrappers, and a kubeconfig whose other context asks a program for a credential. */
const openNode = (context: TestContext) => {
	const directory = temporaryDirectory(context);
	const write = (name: string, text: string) => writeFileSync(join(directory, name), text, {mode: 0o755});
	write('squeue', '#!/bin/sh\nexit 0\n');
	for (const name of ['qstat', 'qdel']) write(name, '#!/usr/bin/perl\nuse Slurm ();\nexit 0;\n');
	const asked = join(directory, 'asked');
	write('cloud-login', `#!/bin/sh\ntouch ${asked}\n`);
	const cluster = {server: 'http://127.0.0.1:9'};
	const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: join(directory, 'cloud-login')};
	const kubeconfig = {
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': 'lab',
		contexts: [
			{name: 'lab', context: {cluster: 'lab', user: 'ada', namespace: 'physics'}},
			{name: 'cloud', context: {cluster: 'lab', user: 'cloud'}},
		],
		clusters: [{name: 'lab', cluster}],
		users: [
			{name: 'ada', user: {token: 'secret-of-ada'}},
			{name: 'cloud', user: {exec: {...exec, interactiveMode: 'Never'}}},
		],
	};
	// JSON is YAML, too.
	write('kubeconfig', JSON.stringify(kubeconfig));
	const env = {PATH: `${directory}:${process.env.PATH}`, KUBECONFIG: join(directory, 'kubeconfig')};
	return {
		directory,
		jobtop: (...options: readonly string[]) => runCli(options, {env}),
		wasAsked: () => existsSync(asked),
	};
};

test('of several systems the right ones are found, and why is said', async context => {
	const {directory, jobtop, wasAsked} = openNode(context);
	const {profiles, passedOver} = JSON.parse((await jobtop('profiles', '-o', 'json')).stdout);
	assert.deepEqual(
		profiles.map(({profile, backend, found}: Record<string, string>) => [profile, backend, found]),
		[
			['slurm', 'slurm', `squeue is ${join(directory, 'squeue')}`],
			['lab', 'kubernetes', `lab is the current context of ${join(directory, 'kubeconfig')}`],
		],
	);
	const why = `${join(directory, 'qstat')} is Slurm's wrapper, and asks Slurm`;
	assert.deepEqual(passedOver, [{name: 'pbs', why}]);
	const {stdout, stderr} = await jobtop('profiles');
	assert.match(stdout, /^slurm .*\nlab /m);
	assert.equal(stderr, `no profile pbs: ${why}\n`);
	assert.doesNotMatch(stdout, /secret-of-ada/);

	const checked = (await jobtop('doctor')).stdout;
	assert.match(checked, /^ok +found lab +lab is the current context of /m);
	assert.match(checked, new RegExp(`^ok +no profile pbs +${why}$`, 'm'));
	assert.match(
		checked,
		/^problem +profile lab +connection: .*ECONNREFUSED.*; check the address of the server/m,
	);

	await jobtop('list');
	assert.equal(wasAsked(), false, 'the program of another context was asked');
});
