import assert from 'node:assert/strict';
import {test} from 'node:test';
import {proxyFor} from '../../source/backends/proxy.ts';
import {BackendError, localCauseOf} from '../../source/job/failure.ts';

const secure = new URL('https://weaver.example.org/');
const plain = new URL('http://weaver.example.org:8080/');
const found = (env: Record<string, string>, address = secure) => {
	const proxy = proxyFor(address, env);
	return proxy && [proxy.from, proxy.url.href];
};

test('a proxy is read from the variables that curl reads, with and without a scheme', () => {
	assert.equal(found({}), undefined);
	assert.deepEqual(found({HTTPS_PROXY: '127.0.0.1:3128'}), ['HTTPS_PROXY', 'http://127.0.0.1:3128/']);
	assert.deepEqual(found({https_proxy: 'proxy:3128', HTTPS_PROXY: 'other:1'}), [
		'https_proxy',
		'http://proxy:3128/',
	]);
	assert.deepEqual(found({HTTPS_PROXY: 'me:p%25ss@proxy:3128'}), [
		'HTTPS_PROXY',
		'http://me:p%25ss@proxy:3128/',
	]);
	assert.deepEqual(found({ALL_PROXY: 'proxy:3128'}), ['ALL_PROXY', 'http://proxy:3128/']);
	assert.deepEqual(found({all_proxy: 'https://proxy'}, plain), ['all_proxy', 'https://proxy/']);
	assert.deepEqual(found({HTTP_PROXY: 'http://proxy', ALL_PROXY: 'http://all'}, plain)?.[0], 'HTTP_PROXY');
	assert.deepEqual(found({ALL_PROXY: 'socks5h://proxy:1080'}), ['ALL_PROXY', 'socks5://proxy:1080']);
	assert.equal(found({ALL_PROXY: 'proxy:1'}, new URL('http://127.0.0.1:1')), undefined);
});

test('NO_PROXY excepts hosts, domains, ports and addresses', () => {
	const direct = (except: string, address = secure) =>
		found({HTTPS_PROXY: 'proxy:1', HTTP_PROXY: 'proxy:1', NO_PROXY: except}, address) === undefined;
	for (const except of ['*', 'example.org', '.example.org', '*.example.org', 'a, weaver.example.org:443']) {
		assert.ok(direct(except), except);
	}
	for (const except of ['', 'ample.org', '*.weaver.example.org', 'weaver.example.org:80', '*:80']) {
		assert.ok(!direct(except), except);
	}
	const six = new URL('https://[2001:db8::1]/');
	for (const except of ['2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:443']) assert.ok(direct(except, six));
	assert.ok(!direct('[2001:db8::1]:80', six));
});

test('a proxy that cannot be read is named, without its password', () => {
	for (const [written, words] of [
		['http://me:sekret%zz@proxy:3128', /^HTTPS_PROXY cannot be read: a % in its user or password/],
		['http://me:sekret@:bad:', /^HTTPS_PROXY cannot be read: it is not an address such as http/],
		['socks4://me:sekret@proxy:1080', /^HTTPS_PROXY cannot be read: jobtop supports no socks4 proxies$/],
	] as const) {
		assert.throws(
			() => found({HTTPS_PROXY: written}),
			(error: unknown) => {
				assert.ok(error instanceof BackendError);
				assert.equal(localCauseOf(error.failure), 'proxy');
				assert.match(error.failure.detail, words);
				assert.doesNotMatch(error.failure.detail, /sekret/);
				return true;
			},
		);
		assert.equal(found({HTTPS_PROXY: written, NO_PROXY: 'example.org'}), undefined);
	}
});
