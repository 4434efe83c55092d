/*
Times that commands print for people, in the zone of the terminal and in UTC; what programs read is in UTC.
*/
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {zoneFinding} from '../../source/command-line/profiles/doctor.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {inTimeZone} from '../helpers/time-zone.ts';

test('times have the zone of the terminal and UTC, or begin with UTC by a setting', async context => {
	const {jobtop, add, state, server} = await openFar(context);
	const id = add('running', 'ndvi');
	assert.equal((await jobtop(['cancel', `weaver/${id}`, '-y', '--wait', 'accepted'])).code, 0);
	const config = join(state, 'config.toml');
	const weaver = `[profiles.weaver]\nbackend = "weaver"\nurl = "${server.url}"\n`;
	writeFileSync(config, `time_zone = "utc"\n${weaver}`);
	const local = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:45 \((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC\)/;
	const utc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d \+05:45\)/;
	for (const [form, more] of [
		[local, {}],
		[utc, {JOBTOP_CONFIG: config}],
	] as const) {
		const env = {TZ: 'Asia/Kathmandu', ...more};
		const shown = (await jobtop(['show', `weaver/${id}`], {env})).stdout;
		assert.match(/^created +(.*)$/m.exec(shown)?.[1] ?? shown, form);
		assert.match(/^Updated +(.*)$/m.exec(shown)?.[1] ?? shown, form);
		const batch = (await jobtop(['batches', 'show', '1'], {env})).stdout;
		assert.match(/ requested by .*? at (.*)$/m.exec(batch)?.[1] ?? batch, form);
		assert.match(/^ {4}(.*) {2}sending request 1$/m.exec(batch)?.[1] ?? batch, form);
		for (const command of [
			['show', `weaver/${id}`, '-o', 'json'],
			['list', '--all', '-o', 'csv'],
			['batches', 'show', '1', '-o', 'json'],
			['batches', 'export', '1'],
		]) {
			const {stdout} = await jobtop(command, {env});
			assert.match(stdout, /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/);
			assert.doesNotMatch(stdout, /\+05:45/);
		}
	}
});

test('where the terminal is in UTC, or in no known zone, a time is there once', async context => {
	const {jobtop, add} = await openFar(context);
	const id = add('running', 'ndvi');
	for (const TZ of ['UTC', 'Nonsense/Nowhere', '']) {
		const {stdout} = await jobtop(['show', `weaver/${id}`], {env: {TZ}});
		assert.match(stdout, /^created +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, \d+s ago$/m);
	}
});

test('a journal can be read beside a broken configuration', async context => {
	const {jobtop, add, state} = await openFar(context);
	assert.equal(
		(await jobtop(['cancel', `weaver/${add('running', 'a')}`, '-y', '--wait', 'accepted'])).code,
		0,
	);
	const config = join(state, 'config.toml');
	writeFileSync(config, 'time_zone = "mars"\n');
	const env = {JOBTOP_CONFIG: config};
	assert.equal((await jobtop(['batches', 'show', '1'], {env})).code, 0);
	const {stderr} = await jobtop(['config', 'check'], {env});
	assert.match(stderr, /time_zone: must be one of local, utc/);
});

test('doctor names the zone, and warns of one that is unknown', () => {
	const findings = (zone: string) => {
		let found: unknown;
		inTimeZone(zone, () => {
			found = zoneFinding(process.env.TZ);
		});
		return found;
	};
	assert.deepEqual(findings('UTC'), {check: 'time zone', state: 'ok', detail: 'UTC'});
	assert.deepEqual(findings('Asia/Tokyo'), {
		check: 'time zone',
		state: 'ok',
		detail: 'JST, Asia/Tokyo',
	});
	for (const zone of ['Nonsense/Nowhere', 'CET-1CEST'])
		assert.deepEqual(findings(zone), {
			check: 'time zone',
			state: 'warning',
			detail: `TZ=${zone} is unknown to jobtop, so it shows UTC`,
			remedy: 'set TZ to a name such as Europe/Berlin',
		});
});
