/*
How far a log was read, and what of it is new: whatever pieces it comes in, and whatever stands in it.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {keptBytes, logPage, readEnd, readPlace} from '../../source/backends/log-bytes.ts';
import {cleanLines} from '../../source/job/clean-text.ts';
import {fc} from '../helpers/fast-check.ts';

async function* chunksOf(content: Buffer, size = content.length || 1): AsyncGenerator<Buffer> {
	for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** A page of a log of which so much is written by now. */
const read = async (content: Buffer, cursor: string | undefined, ended: boolean, chunk?: number) => {
	const place = readPlace(cursor);
	return logPage(await readEnd(chunksOf(content, chunk), place), place, ended);
};

// Escape sequences, characters of several bytes, line breaks of all kinds.
const letter = fc.constantFrom(
	'a',
	'b',
	'\n',
	'\r\n',
	'\u001b[31m',
	'\u001b]0;title\u0007',
	'é',
	'日',
	'🜁',
	'\t',
	' ',
);
const written = fc.array(letter, {maxLength: 60}).map(letters => letters.join(''));

test('the pages of a growing log together are the log, wherever it was cut when it was read', async () => {
	const moments = fc.array(fc.nat(), {maxLength: 6});
	await fc.assert(
		fc.asyncProperty(written, moments, fc.integer({min: 1, max: 9}), async (text, cuts, chunk) => {
			const content = Buffer.from(text);
			const ends = [...cuts.map(cut => cut % (content.length + 1)).sort((a, b) => a - b), content.length];
			let cursor: string | undefined;
			let told = '';
			for (const [index, end] of ends.entries()) {
				const ended = index === ends.length - 1;
				const page = await read(content.subarray(0, end), cursor, ended, chunk);
				assert.ok(!page.anew && !page.cut);
				assert.equal(page.ended, ended ? true : undefined);
				told += page.text;
				cursor = page.cursor;
			}
			assert.equal(told, cleanLines(text, text.length));
		}),
	);
});

test('no byte of a log drives the terminal', async () => {
	const bytes = fc.uint8Array({maxLength: 200}).map(array => Buffer.from(array));
	await fc.assert(
		fc.asyncProperty(bytes, fc.nat(), async (content, cut) => {
			const first = await read(content.subarray(0, cut % (content.length + 1)), undefined, false);
			const second = await read(content, first.cursor, true);
			for (const {text} of [first, second])
				assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
		}),
	);
});

test('a log that was cut short, or replaced by another, is read from its start', async () => {
	const old = Buffer.from(`${'an old line\n'.repeat(20)}the end\n`);
	const {cursor} = await read(old, undefined, false);
	const short = await read(Buffer.from('once more\n'), cursor, false);
	assert.deepEqual([short.text, short.anew], ['once more\n', true]);
	const other = Buffer.from('another line\n'.repeat(40));
	const replaced = await read(other, cursor, false);
	assert.deepEqual([replaced.text, replaced.anew], [other.toString(), true]);
	const grown = await read(Buffer.concat([old, Buffer.from('more\n')]), cursor, false);
	assert.deepEqual([grown.text, grown.anew], ['more\n', undefined]);
});

test('of a log that is long its end is kept, from the beginning of a line', async () => {
	const line = `${'x'.repeat(99)}\n`;
	const content = Buffer.from(line.repeat(5000));
	const page = await read(content, undefined, false, 64_000);
	assert.equal(page.cut, true);
	assert.ok(page.text.length <= keptBytes && page.text.length > keptBytes - 200);
	assert.equal(page.text, line.repeat(page.text.length / 100));
	const next = await read(Buffer.concat([content, content]), page.cursor, false, 64_000);
	assert.deepEqual([next.cut, next.anew], [true, undefined]);
	assert.equal(next.text, page.text);
});

test('a foreign cursor reads from the beginning', async () => {
	for (const cursor of ['', '12', '12.xyz', '-1.0123456789abcdef', '999.0123456789abcdef', '{}']) {
		assert.equal((await read(Buffer.from('hello\n'), cursor, false)).text, 'hello\n');
	}
});
