/*
What is taken out of the screen: into the clipboard of the terminal, or into a browser.
*/

import assert from 'node:assert/strict';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {browserFor, openWantedPages, outsideEnv} from '../../source/components/open-page.ts';
import {pageText} from '../../source/components/pager.ts';
import {connectAll} from '../../source/config/connect.ts';
import type {ProfileEntry} from '../../source/config/profile-entries.ts';
import {linksTo} from '../../source/engine/links.ts';
import {refOf} from '../../source/job/ref.ts';
import {awaitPage} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {copiesOf} from '../../source/view-models/overlays/copies.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const linksOf = async (entry: ProfileEntry, id: string) => {
	const [connection] = await connectAll(
		[{name: 'p', entry, folder: '/', protect: false, readOnly: false}],
		{},
	);
	assert.ok(connection);
	return linksTo(connection, id);
};

const each: readonly (readonly [
	entry: ProfileEntry,
	id: string,
	look: string | undefined,
	page: string | undefined,
])[] = [
	[
		{backend: 'weaver', url: 'https://x.org/weaver', token_env: 'T', headers: {'X-Key': 'a-secret-key'}},
		'a/b',
		`curl -sS -H "X-Key: $VALUE" -H "Authorization: Bearer $TOKEN" https://x.org/weaver/jobs/a%2Fb`,
		'https://x.org/weaver/jobs/a%2Fb',
	],
	[
		{backend: 'ogc', url: 'https://x.org', token_env: 'T', auth: 'basic', username: "o'neil"},
		'7',
		String.raw`curl -sS -u 'o'\''neil:'"$TOKEN" https://x.org/jobs/7`,
		'https://x.org/jobs/7',
	],
	[
		{backend: 'weaver', url: 'http://localhost:1'},
		'7',
		`curl -sS http://localhost:1/jobs/7`,
		'http://localhost:1/jobs/7',
	],
	[
		{backend: 'tapis', url: 'https://tacc.tapis.io', token_env: 'T'},
		'6e0f-007',
		`curl -sS -H "X-Tapis-Token: $TOKEN" https://tacc.tapis.io/v3/jobs/6e0f-007`,
		'https://tacc.tapis.io/#/jobs/6e0f-007',
	],
	[
		{backend: 'ionworks', token_env: 'T', organization: 'org1', page: 'https://app.example.org/j/{id}?tab=1'},
		"it's",
		`curl -sS -H "X-API-Key: $TOKEN" -H 'X-Organization-Id: org1' 'https://api.ionworks.com/jobs/it'\\''s'`,
		"https://app.example.org/j/it's?tab=1",
	],
	[{backend: 'slurm'}, '918273_4', 'scontrol -a show job 918273_4', undefined],
	[{backend: 'slurm'}, '$(reboot)', undefined, undefined],
	[{backend: 'weaver', url: 'https://x.org'}, '../..', undefined, undefined],
];

for (const [entry, id, look, page] of each) {
	test(`${entry.backend} has a page for ${id}, without a secret`, async () => {
		assert.deepEqual(await linksOf(entry, id), {...(page && {page}), ...(look && {look})});
	});
}

test('every backend has a request for one of its jobs', async () => {
	const kinds: readonly ProfileEntry[] = [
		{backend: 'tensorpool', token_env: 'T'},
		{backend: 'dex', account: 'acc', project: 'proj', token_env: 'T'},
	];
	for (const entry of kinds) {
		const {look} = await linksOf(entry, entry.backend === 'dex' ? 'proj/job_1' : 'j-1');
		assert.match(look ?? '', /^curl -sS -H "\S+: (Bearer )?\$TOKEN" .*https:\/\/\S+$/, entry.backend);
	}
});

test('the address is one argument of the browser, whatever it contains', () => {
	const url = 'https://x.org/?a=$(reboot)&b=;ls';
	assert.deepEqual(browserFor(url, {}, 'linux'), ['xdg-open', url]);
	assert.deepEqual(browserFor(url, {}, 'darwin'), ['open', url]);
	assert.deepEqual(browserFor(url, {BROWSER: 'firefox --new-tab:w3m'}, 'linux'), [
		'firefox',
		'--new-tab',
		url,
	]);
	assert.deepEqual(browserFor(url, {BROWSER: 'run %s now'}, 'linux'), ['run', url, 'now']);
});

test('a page is opened once its address is known, by a program and without a shell', async context => {
	const folder = temporaryDirectory(context);
	const [browser, seen] = [join(folder, 'browser'), join(folder, 'seen')];
	writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > ${seen}.part && mv ${seen}.part ${seen}\n`, {
		mode: 0o755,
	});
	const store = createJobStore({send: () => undefined, clock: createManualClock().clock});
	context.after(openWantedPages(store, {BROWSER: browser, PATH: process.env.PATH}));
	store.receive([hello([profile('a')]), jobs(job('a/1'))]);
	store.change(awaitPage('a/1'));
	store.receive([{type: 'links', ref: 'a/2', page: 'https://x.org/other'}]);
	assert.equal(store.getState().screen.opening, 'a/1');
	store.receive([{type: 'links', ref: 'a/1', page: 'https://x.org/$(touch no)'}]);
	assert.equal(store.getState().screen.opening, undefined);
	assert.match(store.getState().screen.word ?? '', /^opening https:/);
	while (!existsSync(seen)) await new Promise(resolve => setTimeout(resolve, 10));
	assert.equal(readFileSync(seen, 'utf8'), '1\nhttps://x.org/$(touch no)\n');
	store.change(awaitPage('a/2'));
	store.receive([{type: 'links', ref: 'a/2'}]);
	assert.match(store.getState().screen.word ?? '', /^Slurm has no page for a job/);
});

test('neither the browser nor the pager gets a token, of a profile or of a tool', async context => {
	const folder = temporaryDirectory(context);
	const [script, seen] = [join(folder, 'outside'), join(folder, 'seen')];
	writeFileSync(script, `#!/bin/sh\nenv > ${seen}.part && mv ${seen}.part ${seen}\n`, {mode: 0o755});
	const tokens = {MY_TOKEN: 'tell-nobody', TAPIS_TOKEN: 'tell-nobody', SLURM_JWT: 'tell-nobody'};
	const env = {PATH: process.env.PATH, KEPT: 'yes', PAGER: script, BROWSER: script, ...tokens};
	const store = createJobStore({send: () => undefined, clock: createManualClock().clock});
	store.receive([hello([{...profile('a'), variable: 'MY_TOKEN'}]), jobs(job('a/1'))]);
	await pageText('text', outsideEnv(store.getState(), env));
	assert.match(readFileSync(seen, 'utf8'), /^KEPT=yes$/m);
	assert.doesNotMatch(readFileSync(seen, 'utf8'), /tell-nobody/);
	rmSync(seen);
	context.after(openWantedPages(store, env));
	store.change(awaitPage('a/1'));
	store.receive([{type: 'links', ref: 'a/1', page: 'https://x.org/1'}]);
	while (!existsSync(seen)) await new Promise(resolve => setTimeout(resolve, 10));
	assert.match(readFileSync(seen, 'utf8'), /^KEPT=yes$/m);
	assert.doesNotMatch(readFileSync(seen, 'utf8'), /tell-nobody/);
});

test('the top of the screen says that certificates are not checked', async context => {
	for (const columns of [80, 40]) {
		const screen = await renderScreen(context, {columns, rows: 24});
		await screen.receive(hello([profile('a')], {unchecked: true}));
		assert.match(screen.lines()[0] ?? '', columns < 80 ? /TLS!/ : /TLS UNCHECKED/);
	}
});

test('a missing browser is reported', async context => {
	const store = createJobStore({send: () => undefined, clock: createManualClock().clock});
	context.after(openWantedPages(store, {BROWSER: '/nowhere/browser'}));
	store.receive([hello([profile('a')]), jobs(job('a/1'))]);
	store.change(awaitPage('a/1'));
	const told = new Promise<string>(resolve => {
		store.subscribe(({screen}) => {
			if (/cannot be run/.test(screen.word ?? '')) resolve(screen.word ?? '');
		});
	});
	store.receive([{type: 'links', ref: 'a/1', page: 'https://x.org/1'}]);
	assert.match(await told, /\/nowhere\/browser cannot be run .*Y copies the address/);
});

const strange = refOf('a', "it's; rm");
for (const [columns, rows] of [
	[80, 24],
	[120, 36],
	[40, 10],
] as const) {
	test(`the copy menu at ${columns}x${rows}`, async context => {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(hello([profile('a')]), jobs(job('a/1', {name: 'nap'})));
		await screen.press('Y');
		assert.deepEqual(screen.sent.at(-1), {type: 'links', ref: 'a/1'});
		assert.match(screen.text(), /copy of a\/1/);
		assert.match(screen.text(), /> id {6}1/);
		await screen.press('j', 'j', '\r');
		assert.match(screen.lines().at(-1) ?? '', /Enter: not known yet/);
		await screen.receive({type: 'links', ref: 'a/1', look: 'scontrol -a show job 1'});
		await screen.press('\r');
		assert.match(screen.lines().at(-1) ?? '', /Enter: Slurm has no page for it/);
		await screen.press('j', 'j', '\r');
		assert.equal(screen.store.getState().screen.overlay, undefined);
		assert.match(screen.lines().at(-1) ?? '', /copied cancel of a\/1/);
	});
}

test('copied text is complete, quoted for a shell, and no longer than a terminal accepts', async context => {
	const screen = await renderText(context);
	await screen.receive(
		hello([profile('a')]),
		jobs(job(strange), job('a/long', {name: 'x'.repeat(80_000), createdAt: 0})),
	);
	const texts = Object.fromEntries(
		copiesOf(screen.store.getState(), strange).map(({what, text}) => [what, text]),
	);
	assert.equal(texts.cancel, String.raw`jobtop cancel 'a/it'\''s; rm'`);
	assert.equal(JSON.parse(texts.record ?? '').ref, strange);
	await screen.press('G', 'Y', 'j', 'j', 'j', '\r');
	assert.match(screen.lines().at(-1) ?? '', /record of a\/long is too long to copy: 80\d\d\d bytes/);
});
