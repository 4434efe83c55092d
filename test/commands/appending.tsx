/*
Adding a word to a filter: the new word never grows onto the last one.
*/

import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {renderText} from '../helpers/render-text.tsx';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const opened = async (context: TestContext) => {
	const screen = await renderText(context);
	await screen.receive(hello([profile('hpc1'), profile('hpc2')]), jobs(job('hpc1/1'), job('hpc2/2')));
	const filter = () => screen.store.getState().screen.filter;
	return {...screen, filter};
};

test('a filter that is opened again has a space before the next word, and none that stays', async context => {
	const screen = await opened(context);
	await screen.press('/', 'name', '\r', '/', 'hpc1', '\r');
	assert.equal(screen.filter(), 'name hpc1');
	await screen.press('/', '\r');
	assert.equal(screen.filter(), 'name hpc1');
	await screen.press('/', '\u001b');
	assert.equal(screen.filter(), 'name hpc1');
	assert.deepEqual(screen.store.getState().screen.queries, ['name', 'name hpc1']);
});

test('an unfinished word is continued', async context => {
	const screen = await opened(context);
	await screen.press('/', 'state:', '\r', '/', 'running', '\r');
	assert.equal(screen.filter(), 'state:running');
	await screen.press('/', '\u0015', 'state:failed,', '\r', '/', 'running', '\r');
	assert.equal(screen.filter(), 'state:failed,running');
	await screen.press('/', '\u0015', '"name', '\r', '/', '-1"', '\r');
	assert.equal(screen.filter(), '"name-1"');
	await screen.press('/', '\u0015', 'name|', '\r', '/', 'mesh', '\r');
	assert.equal(screen.filter(), 'name|mesh');
});

test('after a saved choice of the menu, a word is added to it', async context => {
	const screen = await opened(context);
	await screen.press('f', 'j', 'j', 'j', 'j', '\r', '/', 'name', '\r');
	assert.match(screen.filter(), /^state:failed name$/);
});

test('a completed value has a space behind it, a field has none', async context => {
	const screen = await opened(context);
	await screen.press('/', 'profi', '\t');
	assert.equal(screen.filter(), 'profile:');
	await screen.press('\u0015', 'state:qu', '\t');
	assert.equal(screen.filter(), 'state:queued ');
	await screen.press('name', '\r');
	assert.equal(screen.filter(), 'state:queued name');
	await screen.press('/', '\u0015', 'state:qu', '\t', ',', 'failed', '\r');
	assert.equal(screen.filter(), 'state:queued,failed');
});

test('the next word accepts one of several completions, a comma adds a value', async context => {
	const screen = await opened(context);
	await screen.press('/', 'profile:', '\t', 'x');
	assert.equal(screen.filter(), 'profile:hpc1 x');
	await screen.press('\u0015', 'profile:', '\t', ',', 'hpc2');
	assert.equal(screen.filter(), 'profile:hpc1,hpc2');
	await screen.press('\u0015', 'profile:', '\t', '|', 'hpc2');
	assert.equal(screen.filter(), 'profile:hpc1|hpc2');
	await screen.press('\r', '\u001b', 'm', 'profile:', '\t', 'x');
	const {overlay} = screen.store.getState().screen;
	assert.equal(overlay?.kind === 'mark' ? overlay.text : '', 'profile:hpc1 x');
});
