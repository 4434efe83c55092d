/*
`jobtop profiles` and `jobtop doctor`: what is wrong, where, and what to do.
*/
import assert from 'node:assert/strict';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {startDemo} from '../../source/demo/index.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {runCli} from '../helpers/run-cli.ts';

const startServer = async (context: TestContext, handle: Parameters<typeof createServer>[1]) => {
	const server = createServer(handle);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};

const testOf = async (env: Record<string, string>, ...more: string[]) => {
	const {code, stdout, stderr} = await runCli(['profiles', 'test', '-o', 'json', ...more], {env});
	assert.equal(stderr, '');
	const {version, profiles} = JSON.parse(stdout);
	assert.equal(version, 1);
	const [{ok, steps}] = profiles;
	return {code, ok, steps, last: steps.at(-1)};
};

test('profiles are listed without contacting them', async context => {
	const file = join(temporaryDirectory(context), 'config.toml');
	writeFileSync(
		file,
		'[profiles.a]\nbackend = "weaver"\nurl = "https://nowhere.invalid/x"\nprotect = true\n[profiles.b]\nbackend = "slurm"\nread_only = true\n',
	);
	const {code, stdout} = await runCli(['--config', file, 'profiles']);
	assert.equal(code, 0);
	assert.match(
		stdout,
		/^a +weaver +https:\/\/nowhere\.invalid\/x +- +protected\nb +slurm +the programs on PATH +- +read-only$/m,
	);
	const json = JSON.parse((await runCli(['--config', file, 'profiles', 'list', '-o', 'json'])).stdout);
	assert.deepEqual(json.profiles[1], {profile: 'b', backend: 'slurm', protected: false, readOnly: true});
});

test('what is found without a configuration says why, everywhere', async context => {
	const directory = temporaryDirectory(context);
	for (const name of ['squeue', 'condor_q', 'flux']) {
		writeFileSync(join(directory, name), '#!/bin/sh\nexit 0\n', {mode: 0o755});
	}
	// What is installed on this machine is not the subject.
	const env = {
		PATH: directory,
		WEAVER_URL: 'http://127.0.0.1:1',
		FLUX_URI: 'local:///nowhere',
	};
	const flux = `FLUX_URI is set, and flux is ${join(directory, 'flux')}`;
	const squeue = `squeue is ${join(directory, 'squeue')}`;
	const listed = await runCli(['profiles'], {env});
	assert.equal(listed.code, 0);
	assert.match(listed.stdout, new RegExp(`^slurm .* found: ${squeue}$`, 'm'));
	assert.match(listed.stdout, /^weaver .* found: WEAVER_URL is set$/m);
	// Of what nobody has reported to work on a real one, each table says so.
	assert.match(listed.stdout, new RegExp(`^flux .* found: ${flux}, from documents$`, 'm'));
	const {profiles, passedOver} = JSON.parse((await runCli(['profiles', '-o', 'json'], {env})).stdout);
	assert.deepEqual(
		profiles.map(({found}: {found: string}) => found),
		[squeue, `condor_q is ${join(directory, 'condor_q')}`, flux, 'WEAVER_URL is set'],
	);
	assert.deepEqual(
		profiles.map(({fromDocuments}: {fromDocuments?: boolean}) => fromDocuments ?? false),
		[false, false, true, false],
	);
	assert.deepEqual(passedOver, []);
	const alone = JSON.parse((await runCli(['profiles', '-o', 'json'], {env: {...env, FLUX_URI: ''}})).stdout);
	assert.deepEqual(alone.passedOver, [
		{
			name: 'flux',
			why: `flux is ${join(directory, 'flux')}, but FLUX_URI is not set and there is no /run/flux/local`,
		},
	]);
	assert.match((await runCli(['doctor'], {env})).stdout, new RegExp(`^ok +found slurm +${squeue}$`, 'm'));
	assert.match(
		(await runCli(['config', 'show'], {env})).stdout,
		new RegExp(`backend = "slurm" +# ${squeue}$`, 'm'),
	);
});

test("the key that TensorPool's own tool has put into ./.env is a login, and its file is named", async context => {
	const demo = await startDemo({jobs: 5});
	context.after(demo.close);
	const cwd = temporaryDirectory(context);
	const file = join(cwd, '.env');
	writeFileSync(file, `\nTENSORPOOL_KEY=${demo.env.JOBTOP_DEMO_KEY}\n`, {mode: 0o644});
	const options = {
		cwd,
		env: {TENSORPOOL_ENGINE: demo.servers.tensorpool.url, JOBTOP_STATE_DIR: join(cwd, 's')},
	};
	const id = demo.servers.tensorpool.add('running', {name: 'tuned', process: 'gpt2-eval'});
	const listed = await runCli(['list'], options);
	assert.deepEqual([listed.code, listed.stderr], [0, '']);
	assert.match(listed.stdout, new RegExp(id));
	const source = `TENSORPOOL_KEY in ${file}`;
	const {profiles} = JSON.parse((await runCli(['profiles', 'list', '-o', 'json'], options)).stdout);
	assert.equal(profiles[0].credential, source);
	assert.ok((await runCli(['profiles', 'test'], options)).stdout.includes(`accepted, from ${source}`));
	assert.ok((await runCli(['doctor'], options)).stdout.includes(`, with ${source}\n`));

	chmodSync(file, 0o666);
	const refused = await runCli(['list'], options);
	assert.equal(refused.code, 2);
	assert.match(refused.stderr, /TENSORPOOL_KEY .* \.\/\.env \(TensorPool\): .*\.env is writable by others/);
	const told = (await runCli(['doctor'], options)).stdout;
	assert.match(told, /^warning +login tensorpool +.*\.env is writable by others: jobtop does not read it/m);
	for (const {stdout, stderr} of [listed, refused]) {
		assert.ok(!`${stdout}${stderr}`.includes(demo.env.JOBTOP_DEMO_KEY ?? ''), 'no secret');
	}
});

test('a profile that answers passes every step, and nothing is changed on it', async context => {
	const {env, add, server} = await openFar(context);
	add('running', 'a');
	const {code, ok, steps} = await testOf(env, 'weaver');
	assert.deepEqual([code, ok], [0, true]);
	assert.deepEqual(
		steps.map(({step}: {step: string}) => step),
		['name', 'connection', 'rights', 'answer'],
	);
	assert.ok(server.requests().every(({method}) => method === 'GET' || method === 'HEAD'));
	const typo = await runCli(['profiles', 'test', 'weavr'], {env});
	assert.deepEqual(
		[typo.code, typo.stderr],
		[2, 'jobtop: there is no profile "weavr"; did you mean "weaver"?\n'],
	);
});

test('the step that failed is named, with what to do', async context => {
	const {env, server} = await openFar(context);
	const plain = env.WEAVER_URL;
	const cases: readonly (readonly [
		env: Record<string, string>,
		fault: Parameters<typeof server.setFault>[0],
		step: string,
		code: number,
		remedy: RegExp,
	])[] = [
		[{WEAVER_URL: 'https://nothing.invalid'}, undefined, 'name', 5, /check the host in url/],
		[{WEAVER_URL: 'http://127.0.0.1:1'}, undefined, 'connection', 5, /check the port in url/],
		[{WEAVER_URL: plain.replace('http:', 'https:')}, undefined, 'tls', 5, /NODE_EXTRA_CA_CERTS/],
		[env, 'unauthorized', 'credentials', 4, /renew the credential/],
		[env, 'forbidden', 'rights', 5, /ask for permission/],
		[env, 'login-page', 'answer', 5, /check the path in url/],
		[env, 'broken', 'answer', 5, /the server failed/],
	];
	for (const [around, fault, step, code, remedy] of cases) {
		server.setFault(fault);
		const result = await testOf(around);
		assert.deepEqual([result.last.step, result.last.ok, result.code], [step, false, code], step);
		assert.match(result.last.remedy, remedy);
		assert.ok(result.steps.slice(0, -1).every(({ok}: {ok: boolean}) => ok));
	}
});

test('a missing credential fails its step, and is not looked for elsewhere', async context => {
	const {env, state} = await openFar(context);
	const file = join(state, 'config.toml');
	writeFileSync(file, `[profiles.a]\nbackend = "weaver"\nurl = "${env.WEAVER_URL}"\ntoken_env = "NOT_SET"\n`);
	const {code, last} = await testOf({JOBTOP_CONFIG: file});
	assert.deepEqual([code, last.step, last.detail], [4, 'credentials', 'NOT_SET is not set']);
});

test('a refusing proxy is distinguished from a refusing server', async context => {
	const {server, url} = await startServer(context, (_, response) => void response.end());
	server.on('connect', (_, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
	const around = {WEAVER_URL: 'https://nothing.invalid', HTTPS_PROXY: url};
	const {code, last} = await testOf(around);
	assert.deepEqual([code, last.step], [5, 'proxy']);
	assert.match(last.detail, /refuses to connect to nothing\.invalid:443 \(403\)/);
	assert.equal((await testOf({...around, NO_PROXY: '.invalid'})).last.step, 'name');
	const unreadable = await testOf({...around, HTTPS_PROXY: 'http://me:sekret%zz@proxy:1'});
	assert.deepEqual([unreadable.code, unreadable.last.step], [5, 'proxy']);
	assert.match(unreadable.last.detail, /^HTTPS_PROXY cannot be read: a %/);
	const withoutScheme = await testOf({...around, HTTPS_PROXY: url.replace('http://', '')});
	assert.match(withoutScheme.last.detail, /refuses to connect to nothing\.invalid:443 \(403\)/);
});

test('programs on another machine are looked for there', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'config.toml');
	writeFileSync(file, '[profiles.far]\nbackend = "slurm"\nssh = "login1"\n');
	const env = {JOBTOP_CONFIG: file, XDG_RUNTIME_DIR: folder, PATH: `${folder}:${process.env.PATH}`};
	const cases = [
		['ssh: Could not resolve hostname login1', 'program', 5, /^check that ssh login1 squeue runs/],
		['alice@login1: Permission denied (publickey).', 'credentials', 4, /^check that ssh login1 runs/],
	] as const;
	for (const [words, step, code, remedy] of cases) {
		writeFileSync(join(folder, 'ssh'), `#!/bin/sh\necho '${words}' >&2\nexit 255\n`, {mode: 0o755});
		const result = await testOf(env);
		assert.deepEqual([result.last.step, result.code], [step, code]);
		assert.match(result.last.remedy, remedy);
	}
	writeFileSync(file, '[profiles.far]\nbackend = "htcondor"\nssh = "login1"\n');
	writeFileSync(join(folder, 'ssh'), '#!/bin/sh\necho "ssh: no route to login1" >&2\nexit 255\n');
	const condor = await testOf(env);
	assert.match(condor.last.remedy, /^check that ssh login1 condor_q runs/);
});

test('missing programs are a step of their own', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'config.toml');
	writeFileSync(file, `[profiles.hpc]\nbackend = "slurm"\nbin = "${folder}"\n`);
	const {code, last} = await testOf({JOBTOP_CONFIG: file});
	assert.deepEqual([code, last.step], [5, 'program']);
	assert.match(last.remedy, /bin/);
	writeFileSync(file, `[profiles.pool]\nbackend = "htcondor"\nbin = "${folder}"\n`);
	const condor = await testOf({JOBTOP_CONFIG: file});
	assert.deepEqual([condor.code, condor.last.step], [5, 'program']);
	assert.match(condor.last.remedy, /^check that condor_q runs in your shell/);
	writeFileSync(file, `[profiles.grid]\nbackend = "gridengine"\nbin = "${folder}"\n`);
	const grid = await testOf({JOBTOP_CONFIG: file});
	assert.deepEqual([grid.code, grid.last.step], [5, 'program']);
	assert.match(grid.last.remedy, /^check that qconf runs in your shell/);
});

const examine = async (env: Record<string, string>) => {
	const {code, stdout} = await runCli(['doctor', '-o', 'json'], {env});
	const {version, findings} = JSON.parse(stdout);
	assert.equal(version, 1);
	const of = (check: string) => findings.find((finding: {check: string}) => finding.check === check);
	for (const {state, remedy} of findings) assert.equal(remedy === undefined, state === 'ok');
	return {code, of};
};

test('the doctor finds nothing if nothing is wrong', async context => {
	const {env} = await openFar(context);
	const {code, of} = await examine(env);
	assert.equal(code, 0);
	for (const check of [
		'jobtop',
		'node',
		'locale',
		'configuration',
		'state',
		'disk',
		'locks',
		'profile weaver',
	])
		assert.equal(of(check).state, 'ok', check);
	assert.equal(of('clock weaver').state, 'ok');
	assert.equal(of('terminal').state, 'warning');
	const {stdout} = await runCli(['doctor'], {env});
	assert.match(stdout, /^ok {7}profile weaver {2}0 active jobs$/m);
	assert.match(stdout, /^ok {7}disk {12}\d/m, 'below each other');
});

test('the doctor says what is wrong, what to do, and exits with 5', async context => {
	const folder = temporaryDirectory(context);
	writeFileSync(join(folder, 'file'), '');
	const wrong = join(folder, 'config.toml');
	writeFileSync(wrong, 'intervall = 1\n');
	const bad = await examine({
		JOBTOP_CONFIG: wrong,
		JOBTOP_STATE_DIR: join(folder, 'file', 'state'),
		LANG: 'C',
	});
	assert.equal(bad.code, 5);
	assert.match(bad.of('configuration').detail, /config\.toml:1: intervall: unknown key/);
	assert.equal(bad.of('configuration').state, 'problem');
	assert.equal(bad.of('state').state, 'problem');
	assert.match(bad.of('state').remedy, /JOBTOP_STATE_DIR/);
	assert.equal(bad.of('locale').state, 'warning');
	const gone = await examine({WEAVER_URL: 'http://127.0.0.1:1'});
	assert.equal(gone.code, 5);
	assert.match(gone.of('profile weaver').detail, /^connection: /);
});

test('the doctor reports clock differences, locks of other hosts and the versions of the programs', async context => {
	const folder = temporaryDirectory(context);
	const {url} = await startServer(context, (_, response) => {
		response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
		response.setHeader('content-type', 'application/json');
		response.end('{"jobs": [], "total": 0}');
	});
	mkdirSync(join(folder, 'batches'));
	writeFileSync(join(folder, 'batches', '3.jsonl'), '');
	writeFileSync(
		join(folder, 'batches', '3.lock'),
		JSON.stringify({host: 'login9.example.org', pid: 1, started: ''}),
	);
	for (const name of ['squeue', 'scancel', 'scontrol', 'sacct'])
		writeFileSync(join(folder, name), '#!/bin/sh\necho slurm 24.11.5\n', {mode: 0o755});
	const condor = "#!/bin/sh\necho '$CondorVersion: 23.9.6 2026-07-12 PackageID: 23.9.6+dfsg-2.1 $'\n";
	writeFileSync(join(folder, 'condor_q'), condor, {mode: 0o755});
	const flux = "#!/bin/sh\nprintf 'commands:    \\t\\t0.88.0\\nlibflux-core:\\t\\t0.88.0\\n'\n";
	writeFileSync(join(folder, 'flux'), flux, {mode: 0o755});
	mkdirSync(join(folder, 'bin'));
	writeFileSync(join(folder, 'pbs.conf'), `PBS_EXEC=${folder}\n`);
	for (const name of ['qstat', 'qdel', 'qselect'])
		writeFileSync(join(folder, 'bin', name), '#!/bin/sh\necho pbs_version = 23.06.06\n', {mode: 0o755});
	writeFileSync(join(folder, 'qconf'), '#!/bin/sh\necho SGE 8.1.9\necho "usage: qconf"\n', {mode: 0o755});
	const {of} = await examine({
		WEAVER_URL: url,
		JOBTOP_STATE_DIR: folder,
		PBS_CONF_FILE: join(folder, 'pbs.conf'),
		PATH: `${folder}:${process.env.PATH}`,
	});
	assert.match(of('clock weaver').detail, /^this machine is 3\d\d\d s behind the server$/);
	assert.equal(of('clock weaver').state, 'warning');
	assert.equal(of('locks').detail, 'batch 3 by login9.example.org');
	assert.match(of('locks').remedy, /--take-over/);
	assert.equal(of('slurm').detail, 'slurm 24.11.5');
	assert.equal(of('htcondor').detail, 'condor 23.9.6');
	assert.equal(of('flux').detail, 'flux 0.88.0');
	assert.match(of('no profile flux').detail, /but FLUX_URI is not set/);
	assert.equal(of('pbs').detail, 'pbs 23.06.06');
	assert.equal(of('gridengine').detail, 'SGE 8.1.9');
	writeFileSync(join(folder, 'condor_q'), '#!/bin/sh\necho "no configuration" >&2\nexit 1\n');
	const {code, of: ofBroken} = await examine({PATH: `${folder}:${process.env.PATH}`});
	assert.equal(code, 5);
	assert.equal(ofBroken('htcondor').detail, 'condor_q -version: no configuration');
	assert.equal(ofBroken('profile htcondor').state, 'problem');
});
