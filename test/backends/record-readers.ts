import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as z from 'zod';
import {
	flag,
	list,
	number,
	object,
	text,
	textOrNull,
	texts,
	unread,
} from '../../source/backends/record-readers.ts';
import {fc} from '../helpers/fast-check.ts';

const read = object(
	{
		id: text,
		size: number,
		end: textOrNull,
		done: flag,
		labels: texts,
		extra: unread,
		inner: object({name: text, size: number}, ['name']),
		items: list(object({name: text}, ['name'])),
	},
	['id'],
);

/** The same in zod: of a field that is no part of the identity, anything else counts as nothing. */
const lesser = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const schema = z.object({
	id: z.string(),
	size: lesser(z.number()),
	end: lesser(z.string().nullable()),
	done: lesser(z.boolean()),
	labels: lesser(z.record(z.string(), z.string())),
	extra: z.unknown().optional(),
	inner: lesser(z.object({name: z.string(), size: lesser(z.number())})),
	items: lesser(z.array(z.object({name: z.string()}))),
});

const names = ['id', 'size', 'end', 'done', 'labels', 'extra', 'inner', 'items', 'name'];

const json = fc.letrec<{value: unknown}>(tie => ({
	value: fc.oneof(
		{maxDepth: 4, withCrossShrink: true},
		fc.constantFrom<unknown>('text', '', 0, 1.5, JSON.parse('1e999'), true, false, null),
		fc.array(tie('value'), {maxLength: 3}),
		fc.dictionary(fc.constantFrom(...names), tie('value'), {maxKeys: 5}),
	),
})).value;

/** A record of which most fields are as they should be. */
const record = fc.record(
	{
		id: fc.oneof({weight: 5, arbitrary: fc.constant('j1')}, json),
		size: fc.oneof(fc.nat(), json),
		end: fc.oneof(fc.constantFrom('now', null), json),
		done: fc.oneof(fc.boolean(), json),
		labels: fc.oneof(fc.constant({a: 'b'}), json),
		extra: json,
		inner: fc.oneof(fc.constant({name: 'x', size: 1}), json),
		items: fc.oneof(fc.constant([{name: 'x'}, {name: 'y'}]), json),
	},
	{requiredKeys: []},
);

/** Without the difference between a field of nothing and none. */
const plain = (value: unknown) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

test('readers read what schemas of the same fields do', () => {
	fc.assert(
		fc.property(fc.oneof({weight: 3, arbitrary: record}, json), value => {
			assert.deepEqual(plain(read(value)), plain(schema.safeParse(value).data));
		}),
		{numRuns: 3000},
	);
});
