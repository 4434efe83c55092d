/*
How a server is found and logged in to: kubeconfigs, their programs, certificates, and the account of a pod.
*/
import assert from 'node:assert/strict';
import {chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {TLSSocket} from 'node:tls';
import {kubeconfigAccess, podAccess} from '../../../source/backends/kubernetes/access.ts';
import {currentContext} from '../../../source/backends/kubernetes/find-kubeconfig.ts';
import {readContext} from '../../../source/backends/kubernetes/kubeconfig.ts';
import {loadConfiguration} from '../../../source/config/load.ts';
import {methodsOf, profileSchema} from '../../../source/config/profile-entries.ts';
import {startKubernetesServer} from '../../../source/demo/kubernetes-server.ts';
import {failureOf} from '../../../source/job/failure.ts';
import {compareSystems} from '../../../source/job/system.ts';
import {makeCertificates} from '../../helpers/certificates.ts';
import {createEmptyWorld} from '../../helpers/empty-world.ts';
import {temporaryDirectory} from '../../helpers/engine.ts';

const {signal} = new AbortController();
const token = 'tell-nobody-77';

type User = Readonly<Record<string, unknown>>;

/** A kubeconfig with one context, `lab`, as JSON, which is YAML too. */
const kubeconfig = (server: string, user: User, cluster: object = {}) => ({
	apiVersion: 'v1',
	kind: 'Config',
	'current-context': 'lab',
	contexts: [{name: 'lab', context: {cluster: 'c', user: 'u', namespace: 'lab'}}],
	clusters: [{name: 'c', cluster: {server, ...cluster}}],
	users: [{name: 'u', user}],
});

const openFar = async (t: TestContext) => {
	const {time, world} = createEmptyWorld();
	const server = await startKubernetesServer({
		world,
		clock: time.clock,
		seed: 'test',
		token,
		namespaces: ['lab', 'prod'],
	});
	t.after(() => server.close());
	server.add('running', {name: 'a', process: 'train'}, 'lab/a');
	server.add('running', {name: 'b', process: 'train'}, 'prod/b');
	return server;
};

const schema = await profileSchema('kubernetes');
const {open, reach} = await methodsOf('kubernetes');

const entryOf = (written: object) => schema.parse({backend: 'kubernetes', ...written});

/** The ids that a profile with this kubeconfig lists. */
const idsBy = async (t: TestContext, env: Readonly<Record<string, string>>, written: object = {}) => {
	const backend = open('k', entryOf(written), {env, folder: '/'});
	t.after(() => backend.close?.());
	const {jobs} = await backend.listPage({everyone: false, ended: true, signal});
	return jobs.map(({id}) => id);
};

const writeFile = (folder: string, name: string, content: object | string, mode = 0o600): string => {
	const path = join(folder, name);
	writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), {mode});
	return path;
};

const detailOf = (promise: Promise<unknown>): Promise<string> =>
	promise.then(
		() => assert.fail('it was not refused'),
		(error: unknown) => failureOf(error).detail,
	);

test('a kubeconfig in YAML is read whole: the current context, its cluster, its user, its namespace', async t => {
	const server = await openFar(t);
	const path = writeFile(
		temporaryDirectory(t),
		'config',
		`apiVersion: v1
clusters:
- cluster: {server: "${server.url}"}   # the lab
  name: c
contexts:
- context:
    cluster: c
    user: u
    namespace: prod
  name: "prod"
current-context: prod
users:
- name: u
  user:
    token: >-
      ${token}
`,
	);
	assert.deepEqual(await idsBy(t, {KUBECONFIG: path}), ['prod/b']);
	assert.deepEqual(await idsBy(t, {KUBECONFIG: path}, {namespaces: ['lab']}), ['lab/a']);
	assert.deepEqual(await idsBy(t, {}, {kubeconfig: path}), ['prod/b']);
});

test('of several files the first that says something counts, and paths count from their own', async t => {
	const server = await openFar(t);
	const [one, two] = [join(temporaryDirectory(t), 'one'), join(temporaryDirectory(t), 'two')];
	for (const folder of [one, two]) mkdirSync(folder);
	writeFile(two, 'secret', `${token}\n`);
	const first = writeFile(one, 'config', {'current-context': 'lab', contexts: [], clusters: null});
	const second = writeFile(two, 'config', {
		...kubeconfig(server.url, {tokenFile: 'secret'}),
		'current-context': 'other',
	});
	const KUBECONFIG = [join(one, 'missing'), first, second].join(':');
	assert.deepEqual(await idsBy(t, {KUBECONFIG}), ['lab/a']);
	assert.deepEqual(currentContext(KUBECONFIG.split(':')), {name: 'lab', path: first});
	const {cluster} = await readContext([first, second]);
	assert.equal(cluster.server, server.url);
});

test('what is wrong with a kubeconfig is said in one line, without what it holds', async t => {
	const folder = temporaryDirectory(t);
	const base = kubeconfig('https://127.0.0.1:1', {token});
	const complaints: readonly (readonly [content: object | string, words: RegExp])[] = [
		[`users: [{name: u, user: {token: "${token}"}}\nfoo: [`, /config(?::\d+)? is not valid YAML$/],
		['just words', /config is no kubeconfig/],
		[
			{...base, 'current-context': ''},
			/names no current context; set context, or run kubectl config use-context$/,
		],
		[{...base, 'current-context': 'x'}, /has no context "x"$/],
		[{...base, clusters: []}, /has no cluster "c", which context "lab" names$/],
		[{...base, users: []}, /has no user "u", which context "lab" names$/],
		[kubeconfig('lab.example.org', {token}), /the server of context "lab" is not an address such as/],
		[kubeconfig('https://h', {token: {deep: token}}), /user "u" cannot be read at token$/],
		[kubeconfig('https://h', {token}, {'insecure-skip-tls-verify': true}), /sets insecure-skip-tls-verify/],
		[
			kubeconfig('https://h', {'auth-provider': {name: 'oidc'}}),
			/auth-provider, which jobtop does not support/,
		],
		[kubeconfig('https://h', {'client-certificate': 'a.pem'}), /needs a certificate and its key/],
		[
			kubeconfig('https://h', {}, {'certificate-authority-data': 'bm9uZQ=='}),
			/certificate of the "cluster of lab" cannot be read/,
		],
		[kubeconfig('https://h', {}, {'proxy-url': 'ftp://x'}), /proxy-url of context "lab" cannot be read/],
		[kubeconfig('https://h', {tokenFile: '/nonexistent/t'}), /^\/nonexistent\/t cannot be read/],
	];
	for (const [content, words] of complaints) {
		const path = writeFile(folder, 'config', content);
		const detail = await detailOf(idsBy(t, {KUBECONFIG: path}));
		assert.match(detail, words);
		assert.doesNotMatch(detail, new RegExp(token));
	}
	assert.match(
		await detailOf(idsBy(t, {KUBECONFIG: '/nonexistent/config'})),
		/^there is no file \/nonexistent\/config$/,
	);
});

/** A program that counts its runs, and what it was told. */
const makePlugin = (folder: string, name: string, body: string): string =>
	writeFile(
		folder,
		name,
		`#!/bin/sh\necho run >> "${folder}/runs"\nprintf '%s' "$KUBERNETES_EXEC_INFO" > "${folder}/info"\n${body}\n`,
		0o755,
	);

const runsOf = (folder: string): number => {
	try {
		return readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;
	} catch {
		return 0;
	}
};

const execCredential = (status: object, version = 'v1') =>
	JSON.stringify({kind: 'ExecCredential', apiVersion: `client.authentication.k8s.io/${version}`, status});

const exec = (command: string, rest: object = {}) => ({
	exec: {apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'IfAvailable', ...rest},
});

const openExec = async (t: TestContext, user: User, now?: () => number) => {
	const server = await openFar(t);
	const folder = temporaryDirectory(t);
	const path = writeFile(folder, 'config', kubeconfig(server.url, user));
	const env = {PATH: process.env.PATH ?? '', JOB_TOKEN: token};
	return {
		server,
		folder,
		path,
		...kubeconfigAccess({paths: [path], env, programTerminal: 'none', ...(now && {now})}),
	};
};

test('the program of a context logs in, with its arguments and variables, and runs once', async t => {
	const far = await openExec(
		t,
		exec('./login', {
			args: ['--cluster', 'lab x'],
			env: [{name: 'AS', value: 'ada'}],
			provideClusterInfo: true,
		}),
	);
	const answer = execCredential({token: 'TOKEN'}).replace('TOKEN', '%s');
	makePlugin(
		far.folder,
		'login',
		`test "$2" = "lab x" && test "$AS" = ada && printf '${answer}' "$JOB_TOKEN"`,
	);
	const {http} = await far.access.reach();
	await far.access.reach();
	assert.deepEqual(await http.headers?.(), {authorization: `Bearer ${token}`});
	assert.equal(runsOf(far.folder), 1);
	const info = JSON.parse(readFileSync(join(far.folder, 'info'), 'utf8'));
	assert.equal(info.apiVersion, 'client.authentication.k8s.io/v1');
	assert.deepEqual(info.spec, {interactive: false, cluster: {server: far.server.url}});
});

test('a program learns the authority of the cluster from its file, and what the kubeconfig has for it', async t => {
	const folder = temporaryDirectory(t);
	writeFile(folder, 'ca.pem', 'an authority');
	const answer = execCredential({token: 'a'});
	makePlugin(folder, 'login', `printf '%s' '${answer}'`);
	const config = {'audience-of-the-site': 'lab'};
	const cluster = {
		'certificate-authority': 'ca.pem',
		extensions: [
			{name: 'other', extension: 1},
			{name: 'client.authentication.k8s.io/exec', extension: config},
		],
	};
	const user = exec('./login', {provideClusterInfo: true});
	const path = writeFile(folder, 'config', kubeconfig('https://127.0.0.1:1', user, cluster));
	const env = {PATH: process.env.PATH ?? ''};
	await kubeconfigAccess({paths: [path], env, programTerminal: 'none'}).access.reach();
	assert.deepEqual(JSON.parse(readFileSync(join(folder, 'info'), 'utf8')).spec.cluster, {
		server: 'https://127.0.0.1:1',
		'certificate-authority-data': Buffer.from('an authority').toString('base64'),
		config,
	});
	rmSync(join(folder, 'ca.pem'));
	const again = kubeconfigAccess({paths: [path], env, programTerminal: 'none'});
	assert.match(await detailOf(again.access.reach()), /ca\.pem cannot be read/);
});

test('a credential that expires is renewed before it does, and not all the time by a wrong clock', async t => {
	let now = 1_000_000;
	const far = await openExec(
		t,
		exec('./login', {apiVersion: 'client.authentication.k8s.io/v1beta1'}),
		() => now,
	);
	const status = {token: 'a', expirationTimestamp: new Date(now + 60_000).toISOString()};
	makePlugin(far.folder, 'login', `printf '%s' '${execCredential(status, 'v1beta1')}'`);
	await far.access.reach();
	now += 49_000;
	await far.access.reach();
	assert.equal(runsOf(far.folder), 1);
	now += 2000;
	for (let n = 0; n < 5; n++) await far.access.reach();
	assert.equal(runsOf(far.folder), 2);
	now += 61_000;
	await far.access.reach();
	assert.equal(runsOf(far.folder), 3);
});

test('a program that failed rests, unless somebody logs in', async t => {
	let now = 1_000_000;
	const far = await openExec(t, exec('./login'), () => now);
	makePlugin(far.folder, 'login', 'exit 3');
	const detail = await detailOf(far.access.reach());
	assert.match(detail, /^login of the kubeconfig failed \(3\) without a terminal$/);
	assert.equal(await detailOf(far.access.reach()), detail);
	assert.equal(runsOf(far.folder), 1);
	await detailOf(far.credential.again('lent'));
	assert.equal(runsOf(far.folder), 2);
	now += 301_000;
	makePlugin(far.folder, 'login', `printf '%s' '${execCredential({token: 'b'})}'`);
	await far.access.reach();
	assert.equal(runsOf(far.folder), 3);
});

test('a refused credential is asked for again, once', async t => {
	const server = await openFar(t);
	const folder = temporaryDirectory(t);
	const path = writeFile(folder, 'config', kubeconfig(server.url, exec('./login')));
	const answer = (value: string) => `printf '%s' '${execCredential({token: value})}'`;
	makePlugin(
		folder,
		'login',
		`if [ $(wc -l < "${folder}/runs") = 1 ]; then ${answer('old')}; else ${answer(token)}; fi`,
	);
	assert.deepEqual(await idsBy(t, {PATH: process.env.PATH ?? '', KUBECONFIG: path}), ['lab/a']);
	assert.equal(runsOf(folder), 2);
});

test('what a program gave instead of a credential is said without what it printed', async t => {
	const cases: readonly (readonly [user: User, printed: string, words: RegExp])[] = [
		[exec('./login'), `secret ${token}`, /printed no ExecCredential$/],
		[exec('./login'), execCredential({}), /gave neither a token nor a certificate with its key$/],
		[exec('./login'), execCredential({token}, 'v1beta1'), /answered with another version/],
		[exec('./login', {interactiveMode: 'Always'}), '', /needs a terminal: log in again$/],
		[
			exec('./login', {apiVersion: 'client.authentication.k8s.io/v1alpha1'}),
			'',
			/which is no longer supported; renew the kubeconfig$/,
		],
		[
			exec('no-such-program-here', {installHint: 'Install it\nfrom there.'}),
			'',
			/failed \(ENOENT\) without a terminal; Install it from there\.$/,
		],
	];
	for (const [user, printed, words] of cases) {
		const far = await openExec(t, user);
		makePlugin(far.folder, 'login', `printf '%s' '${printed}'`);
		const detail = await detailOf(far.access.reach());
		assert.match(detail, words);
		assert.doesNotMatch(detail, new RegExp(token));
	}
});

test('a profile keeps to the context that it read first, and to its server', async t => {
	const server = await openFar(t);
	const path = writeFile(temporaryDirectory(t), 'config', kubeconfig(server.url, {token}));
	const {access, credential} = kubeconfigAccess({paths: [path], env: {}});
	await access.reach();
	const two = kubeconfig(server.url, {token: 'other'});
	writeFileSync(
		path,
		JSON.stringify({
			...two,
			'current-context': 'new',
			contexts: [...two.contexts, {name: 'new', context: {cluster: 'd', user: 'u'}}],
			clusters: [...two.clusters, {name: 'd', cluster: {server: 'https://127.0.0.1:1'}}],
		}),
	);
	await credential.again();
	const {http} = await access.reach();
	assert.equal(http.url, server.url);
	assert.deepEqual(await http.headers?.(), {authorization: 'Bearer other'});
	writeFileSync(path, JSON.stringify(kubeconfig('https://127.0.0.1:1', {token})));
	assert.match(
		await detailOf(credential.again()),
		/^context lab now leads to https:\/\/127\.0\.0\.1:1 instead of/,
	);
});

test('another cluster behind the same address is another system, and a profile does not follow to it', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip('openssl, which makes the certificates, is not installed');
	const folder = temporaryDirectory(t);
	const url = 'https://127.0.0.1:6443';
	const write = (authority: string) => {
		const data = readFileSync(join(certificates.folder, authority)).toString('base64');
		return writeFile(folder, 'config', kubeconfig(url, {token}, {'certificate-authority-data': data}));
	};
	const systemOf = (path: string) => {
		const backend = open('k', entryOf({}), {env: {KUBECONFIG: path}, folder: '/'});
		t.after(() => backend.close?.());
		return backend.system({signal});
	};
	const first = await systemOf(write('ca.pem'));
	assert.deepEqual(compareSystems(first, await systemOf(write('ca.pem'))), 'same');
	assert.deepEqual(compareSystems(first, await systemOf(write('client.pem'))), 'other');

	const {access, credential} = kubeconfigAccess({paths: [write('ca.pem')], env: {}});
	await access.reach();
	write('client.pem');
	assert.match(await detailOf(credential.again()), /^context lab now trusts another authority at https:/);
});

test('a client certificate identifies its owner, as data, as files and from a program', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip('openssl, which makes the certificates, is not installed');
	const {folder} = certificates;
	const read = (name: string) => readFileSync(join(folder, name));
	const clients: string[] = [];
	const server = createServer(
		{key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem'), requestCert: true},
		(request, response) => {
			clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
			const list = {kind: 'JobList', apiVersion: 'batch/v1', metadata: {}, items: []};
			response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
		},
	);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	const base64 = (name: string) => read(name).toString('base64');
	chmodSync(join(folder, 'client.key'), 0o600);
	const status = {
		clientCertificateData: String(read('client.pem')),
		clientKeyData: String(read('client.key')),
	};
	writeFile(folder, 'answer', execCredential(status));
	makePlugin(folder, 'login', `cat "${folder}/answer"`);
	const users: readonly User[] = [
		{'client-certificate-data': base64('client.pem'), 'client-key-data': base64('client.key')},
		{'client-certificate': 'client.pem', 'client-key': 'client.key'},
		exec('./login'),
	];
	const env = {PATH: process.env.PATH ?? ''};
	for (const [index, user] of users.entries()) {
		const authority =
			index === 1 ? {'certificate-authority': 'ca.pem'} : {'certificate-authority-data': base64('ca.pem')};
		const path = writeFile(folder, 'config', kubeconfig(`https://127.0.0.1:${port}`, user, authority));
		assert.deepEqual(await idsBy(t, {...env, KUBECONFIG: path}), []);
		assert.equal(clients.length, index + 1);
		assert.equal(clients.at(-1), 'client');
	}
	// The name of the certificate may be another one than the address.
	const named = kubeconfig(`https://127.0.0.1:${port}`, users[0] ?? {}, {
		'certificate-authority-data': base64('ca.pem'),
		'tls-server-name': 'elsewhere.example.org',
	});
	const other = writeFile(folder, 'config', named);
	assert.match(await detailOf(idsBy(t, {...env, KUBECONFIG: other})), /certificate of .* is not trusted/);
	// Another authority is not trusted, whatever the machine trusts.
	const strange = kubeconfig(`https://127.0.0.1:${port}`, users[0] ?? {}, {
		'certificate-authority-data': base64('client.pem'),
	});
	const path = writeFile(folder, 'config', strange);
	assert.match(await detailOf(idsBy(t, {...env, KUBECONFIG: path})), /is not trusted/);
	const mixed = kubeconfig(`https://127.0.0.1:${port}`, {
		'client-certificate-data': base64('client.pem'),
		'client-key-data': base64('server.key'),
	});
	writeFileSync(path, JSON.stringify(mixed));
	assert.match(await detailOf(idsBy(t, {...env, KUBECONFIG: path})), /does not belong to its certificate$/);
});

test('a pod uses its own account, and reads it again when it is renewed', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip('openssl, which makes the certificates, is not installed');
	const folder = temporaryDirectory(t);
	writeFile(folder, 'token', 'one\n');
	writeFile(folder, 'namespace', 'lab');
	writeFile(folder, 'ca.crt', String(readFileSync(join(certificates.folder, 'ca.pem'))));
	const env = {KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443'};
	const {access, credential} = podAccess(env, folder);
	const {http, namespace} = await access.reach();
	assert.deepEqual([http.url, namespace], ['https://[fd00::1]:6443', 'lab']);
	assert.deepEqual(await http.headers?.(), {authorization: 'Bearer one'});
	writeFile(folder, 'token', 'two');
	await credential.again();
	assert.deepEqual(await http.headers?.(), {authorization: 'Bearer two'});
	rmSync(join(folder, 'token'));
	assert.match(await detailOf(credential.again()), /token cannot be read/);
	assert.match(await detailOf(podAccess({}, folder).access.reach()), /this is not a pod of Kubernetes$/);
});

test('a kubeconfig with a current context is found, and its profile is named after that', async t => {
	const server = await openFar(t);
	const home = temporaryDirectory(t);
	mkdirSync(join(home, '.kube'));
	const path = join(home, '.kube', 'config');
	const env = {HOME: home, XDG_CONFIG_HOME: home, PATH: home};
	const found = () => loadConfiguration({env});
	assert.equal((await found()).profiles.length, 0);
	const config = kubeconfig(server.url, {token});
	const names: Readonly<Record<string, string>> = {
		lab: 'lab',
		'arn:aws:eks:eu-west-1:123456789012:cluster/prod': 'prod',
		gke_project_europe_train: 'train',
		'admin@kubernetes': 'admin-kubernetes',
		slurm: 'kubernetes-slurm',
	};
	for (const [context, name] of Object.entries(names)) {
		writeFileSync(path, JSON.stringify({...config, 'current-context': context}));
		const [profile] = (await found()).profiles;
		assert.deepEqual([profile?.name, profile?.aliases], [name, ['kubernetes']]);
		assert.deepEqual(profile?.entry, {backend: 'kubernetes', context});
		assert.equal(profile?.found, `${context} is the current context of ${path}`);
	}
	writeFileSync(path, 'current-context: ""\n');
	assert.deepEqual((await found()).profiles, []);
	assert.match(
		(await found()).partial[0]?.lacks ?? '',
		/has no current context; run kubectl config use-context$/,
	);
});

test('keys that say the same or have no use are complained about', () => {
	const wrong: readonly (readonly [written: object, key: string, words: RegExp])[] = [
		[{url: 'https://h', context: 'a'}, 'context', /has no effect with url/],
		[{url: 'https://h', token_env: 'A', token_file: 'b'}, 'token_file', /second source of the token/],
		[{token_env: 'A'}, 'token_env', /only with url; the kubeconfig sets it/],
		[{in_cluster: true, context: 'a'}, 'context', /has no effect with in_cluster/],
		[{namespaces: []}, 'namespaces', /must be a list of namespaces/],
		[{namespaces: ['a/b']}, 'namespaces', /must be a list of namespaces/],
		[{url: 'http://h', client_cert: 'a'}, 'client_cert', /only with an https address/],
	];
	for (const [written, key, words] of wrong) {
		const [issue] = schema.safeParse({backend: 'kubernetes', ...written}).error?.issues ?? [];
		assert.equal(issue?.path[0], key, JSON.stringify(written));
		assert.match(issue?.message ?? '', words);
	}
	for (const right of [
		{},
		{context: 'a', namespaces: ['*'], proxy: 'none'},
		{in_cluster: true},
		{url: 'https://h'},
	]) {
		assert.ok(schema.safeParse({backend: 'kubernetes', ...right}).success);
	}
});

test('how it is reached says the context and the file, and whether a program logs in', t => {
	const folder = temporaryDirectory(t);
	const path = writeFile(folder, 'config', kubeconfig('https://h', exec('login')));
	const around = {env: {KUBECONFIG: path}, folder: '/'};
	assert.deepEqual(reach(entryOf({context: 'lab'}), around), {
		address: `context lab of ${path}`,
		credential: 'the kubeconfig',
		credentialProgram: true,
		curl: [],
	});
	assert.equal(reach(entryOf({url: 'https://h:6443', token_env: 'T'}), around).address, 'https://h:6443');
});

test('the current context is read as a parser reads it', t => {
	const folder = temporaryDirectory(t);
	const cases: Readonly<Record<string, string | undefined>> = {
		'current-context: lab\n': 'lab',
		'a: b\ncurrent-context: "lab x"  # mine\n': 'lab x',
		"current-context: 'lab'\n": 'lab',
		'current-context: lab # mine\n': 'lab',
		'{"current-context":"lab","users":[]}': 'lab',
		'{\n  "current-context": "lab",\n  "kind": "Config"\n}': 'lab',
		'current-context: ""\n': undefined,
		'current-context:\nkind: Config\n': undefined,
		'kind: Config\n': undefined,
	};
	for (const [content, name] of Object.entries(cases)) {
		const path = writeFile(folder, 'config', content);
		assert.equal(currentContext([path])?.name, name, content);
	}
});
