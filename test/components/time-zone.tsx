/*
The screen in the zone of the terminal, in UTC by the configuration and by name; the details show both.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';
import {useTimeZone} from '../helpers/time-zone.ts';

const openScreen = async (context: TestContext, settings: {readonly timeZone?: 'local' | 'utc'} = {}) => {
	const screen = await renderText(context);
	await screen.receive(
		hello([profile('hpc2')], {settings: {notify: 'off', ...settings}}),
		{type: 'health', health: health('hpc2')},
		{type: 'notice', notice: {at: start, tone: 'info', text: 'hello there'}},
		jobs(job('hpc2/1', {createdAt: start - 60_000})),
	);
	return screen;
};

const header = ({lines}: {readonly lines: () => readonly string[]}) => lines()[0] ?? '';

test('the header names the zone of the terminal, and events have its hours', async context => {
	useTimeZone(context, 'America/New_York');
	const screen = await openScreen(context);
	assert.match(header(screen), / 07:00 EST$/);
	assert.match(screen.text(), /07:00:00 {2}hello there/);
});

test('a zone without a name has its offset', async context => {
	useTimeZone(context, 'Asia/Kathmandu');
	assert.match(header(await openScreen(context)), / 17:45 \+05:45$/);
});

test('an unknown zone is UTC', async context => {
	useTimeZone(context, 'Nonsense/Nowhere');
	assert.match(header(await openScreen(context)), / 12:00 UTC$/);
});

test('the configuration chooses UTC', async context => {
	useTimeZone(context, 'America/New_York');
	const screen = await openScreen(context, {timeZone: 'utc'});
	assert.match(header(screen), / 12:00 UTC$/);
	assert.match(screen.text(), /12:00:00 {2}hello there/);
	await screen.press('\r');
	assert.match(screen.text(), /submitted +11:59:00 UTC \(06:59:00 EST\), 1m00s ago/);
});

test(':time-zone chooses another zone until the end', async context => {
	useTimeZone(context, 'America/New_York');
	const screen = await openScreen(context);
	await screen.press(':time-zone utc', '\r');
	assert.match(header(screen), / 12:00 UTC$/);
	assert.match(screen.text(), /12:00:00 {2}hello there/);
	await screen.press(':time-zone local', '\r');
	assert.match(header(screen), / 07:00 EST$/);
	await screen.press(':time-zone mars', '\r');
	assert.match(screen.text(), /there is no zone mars/);
	assert.match(header(screen), / 07:00 EST$/);
});

test('the details tell apart the two equal hours of a night in which the clock goes back', async context => {
	useTimeZone(context, 'America/New_York');
	const screen = await openScreen(context);
	const [createdAt, startedAt] = [Date.UTC(2026, 10, 1, 5, 30), Date.UTC(2026, 10, 1, 6, 30)];
	const own = job('hpc2/1', {createdAt, startedAt});
	const moments = [
		{at: createdAt, step: 'asked'},
		{at: startedAt, step: 'accepted'},
	] as const;
	await screen.receive(jobs(own), {
		type: 'cancellations',
		reports: [report('hpc2/1', {askedAt: createdAt, moments})],
	});
	await screen.press('\r');
	assert.match(screen.text(), /submitted +2026-11-01 01:30:00 EDT \(05:30:00 UTC\)/);
	assert.match(screen.text(), /started +2026-11-01 01:30:00 EST \(06:30:00 UTC\)/);
	await screen.press(']');
	assert.match(screen.text(), /2026-11-01 01:30:00 \(05:30:00Z\) +asked/);
	assert.match(screen.text(), /2026-11-01 01:30:00 \(06:30:00Z\) +accepted/);
});
