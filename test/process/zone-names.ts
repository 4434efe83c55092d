/*
The short names of a zone: from the rule of its file, by their offset.
*/
import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {namesOfRule, zoneNames} from '../../source/process/zone-names.ts';
import {temporaryDirectory} from '../helpers/engine.ts';

test('a rule names its standard time and its summer time, each by the minutes ahead of UTC', () => {
	for (const [rule, names] of [
		['CET-1CEST,M3.5.0,M10.5.0/3', {60: 'CET', 120: 'CEST'}],
		['EST5EDT,M3.2.0,M11.1.0', {'-300': 'EST', '-240': 'EDT'}],
		['NST3:30NDT,M3.2.0,M11.1.0', {'-210': 'NST', '-150': 'NDT'}],
		['IST-1GMT0,M10.5.0,M3.5.0/1', {60: 'IST', 0: 'GMT'}],
		['JST-9', {540: 'JST'}],
		['UTC0', {0: 'UTC'}],
		['<+0545>-5:45', {}],
		['<-02>2<-01>,M3.5.0/-1,M10.5.0/0', {}],
		['', {}],
		['CET', {}],
		['root:x:0:0:root:/root:/bin/sh', {}],
	] as const) {
		assert.deepEqual(Object.fromEntries(namesOfRule(rule)), names, rule);
	}
});

test('only a zone file has names', context => {
	const TZDIR = temporaryDirectory(context);
	mkdirSync(join(TZDIR, 'Europe'));
	writeFileSync(join(TZDIR, 'Europe/Berlin'), 'TZif2\u0000\nCET-1CEST,M3.5.0,M10.5.0/3\n');
	writeFileSync(join(TZDIR, 'text'), 'CET-1\n');
	for (const TZ of ['Europe/Berlin', ':Europe/Berlin']) assert.equal(zoneNames({TZ, TZDIR}).get(60), 'CET');
	for (const TZ of ['text', 'Europe', 'nowhere', '', 'a\u0000b'])
		assert.equal(zoneNames({TZ, TZDIR}).size, 0);
});
