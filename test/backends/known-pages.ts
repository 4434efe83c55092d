import assert from 'node:assert/strict';
import {suite, test} from 'node:test';
import {createKnownRecords, type KnownRecords} from '../../source/backends/known-records.ts';
import {fc} from '../helpers/fast-check.ts';

type Record = Readonly<{[name: string]: unknown}>;
type Page = {readonly records: readonly Record[]; readonly total: number};
type Read = {readonly record: unknown; readonly context: string};

const createReading = (): KnownRecords<Read, string> =>
	createKnownRecords({
		fields: ['id', 'a', 'b', 'c'],
		idFields: ['id'],
		listFields: ['jobs', 'items'],
		read: (record, context: string) =>
			(record as Record | undefined)?.a === 'unreadable' ? undefined : {record, context},
	});

/** What a page means, read without anything that is known. */
const readPlainly = (
	text: string,
	context: string,
): {readonly read: readonly Read[]; readonly rest: unknown} => {
	const {jobs, ...rest} = JSON.parse(text);
	return {read: createReading().read(jobs, context).read, rest};
};

const readKnown = (known: KnownRecords<Read, string>, text: string, context: string) => {
	const body = known.parse(Buffer.from(text), context) ?? JSON.parse(text);
	const {jobs, ...rest} = body as {readonly jobs: readonly unknown[]};
	return {read: known.read(jobs, context).read, rest};
};

/** Texts that look like the border between two records, or like the end of a list. */
const text = fc.constantFrom(
	'x',
	'',
	'é\u2028',
	'},{"id":',
	'}],"jobs":[{"id":1}',
	'\\',
	'"',
	']',
	'}]',
	'unreadable',
);
const inner = fc.constantFrom<unknown>(
	[],
	{},
	{jobs: [{href: 'j1', a: 1}]},
	{id: 'template'},
	[{href: 'x'}, {href: 'y'}],
	null,
	7,
);
/** Records of these cannot be cut where they stand: their border looks like that of another record. */
const misleading = fc.constantFrom<unknown>([{id: 'j1'}, {id: 'j2'}], {jobs: [{id: 'j1'}, {id: 'j2'}]});

const recordWith = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Record> =>
	fc.record(
		{id: fc.constantFrom('j1', 'j2', 'j3', 'j4', 'j5'), a: value, b: value, unread: value},
		{requiredKeys: ['id']},
	);

const straightRecord = recordWith(fc.oneof(text, inner));
/** Also records whose fields come in another order. */
const anyRecord = fc.oneof(
	straightRecord,
	recordWith(fc.oneof(text, misleading)),
	straightRecord.map((whole): Record => Object.fromEntries(Object.entries(whole).toReversed())),
);

const pageOf = (record: fc.Arbitrary<Record>): fc.Arbitrary<Page> =>
	fc.record({records: fc.array(record, {maxLength: 6}), total: fc.nat(20)});

/** The page as it comes next: records changed, gone, new or in another order. */
const nextPage =
	(record: fc.Arbitrary<Record>) =>
	({records, total}: Page): fc.Arbitrary<Page> =>
		fc.record({
			records: fc
				.array(
					fc.oneof(
						{weight: 6, arbitrary: records.length === 0 ? record : fc.constantFrom(...records)},
						{weight: 1, arbitrary: record},
					),
					{maxLength: 6},
				)
				.chain(others => fc.constantFrom(others, [...records, ...others], [...others, ...records], records)),
			total: fc.constantFrom(total, total + 1),
		});

/** The same JSON as different servers print it. */
const prints: readonly ((page: Page) => string)[] = [
	({records, total}) => JSON.stringify({jobs: records, total, items: []}),
	({records, total}) => JSON.stringify({total, links: [{id: 'j9'}], jobs: records}),
	({records, total}) => JSON.stringify({jobs: records, total}, null, 2),
	({records, total}) =>
		`{"jobs": [${records.map(each => JSON.stringify(each)).join(', ')}], "total": ${total}}`,
	// A separator of another kind, elsewhere the next time.
	({records, total}) => {
		const printed = records.map((each, place) => (place === total % 6 ? ' ' : '') + JSON.stringify(each));
		return `{"jobs":[${printed}],"total":${total}}`;
	},
	({records, total}) => `{"meta":{"jobs":[{"id":"x"}]},"jobs":${JSON.stringify(records)},"total":${total}}`,
];

suite('pages', () => {
	const listsOf = (record: fc.Arbitrary<Record>): fc.Arbitrary<readonly (readonly Page[])[]> =>
		fc
			.array(pageOf(record), {minLength: 1, maxLength: 3})
			.chain(first =>
				fc
					.tuple(fc.tuple(...first.map(nextPage(record))), fc.tuple(...first.map(nextPage(record))))
					.map(([second, third]) => [first, first, second, second, third]),
			);

	test('give what they say, whatever came before them', () => {
		const lists = fc.oneof(
			{weight: 4, arbitrary: listsOf(straightRecord)},
			{weight: 1, arbitrary: listsOf(anyRecord)},
		);
		const contexts = fc.array(fc.constantFrom('one', 'one', 'other'), {minLength: 5, maxLength: 5});
		fc.assert(
			fc.property(lists, contexts, fc.constantFrom(...prints), (all, contextOf, print) => {
				const known = createReading();
				for (const [index, pages] of all.entries()) {
					known.begin();
					const context = contextOf[index] as string;
					for (const each of pages) {
						const printed = print(each);
						assert.deepEqual(readKnown(known, printed, context), readPlainly(printed, context));
					}
				}
			}),
			{numRuns: 2000},
		);
	});

	test('that are no JSON are never taken for another one', () => {
		fc.assert(
			fc.property(
				pageOf(straightRecord),
				fc.nat(),
				fc.constantFrom('', 'x', ',', '}', ']', '"', '{"id":"j1"}'),
				(whole, at, text) => {
					const known = createReading();
					const printed = JSON.stringify({jobs: whole.records, total: whole.total});
					known.begin();
					readKnown(known, printed, 'one');
					known.begin();
					const place = at % printed.length;
					const other = printed.slice(0, place) + text + printed.slice(place + 1);
					const plain = (() => {
						try {
							return JSON.parse(other);
						} catch {
							return undefined;
						}
					})();
					const body = known.parse(Buffer.from(other), 'one');
					if (plain === undefined) return assert.equal(body, undefined);
					if (body === undefined || !Array.isArray(plain.jobs)) return;
					assert.deepEqual(
						known.read((body as {jobs: unknown[]}).jobs, 'one').read,
						createReading().read(plain.jobs, 'one').read,
					);
				},
			),
			{numRuns: 3000},
		);
	});

	const listOf = (...ids: readonly string[]) =>
		JSON.stringify({jobs: ids.map(id => ({id, a: 'x'.repeat(20)})), total: ids.length});

	/** The results of these pages, one after the other, and how many records were read for them. */
	const countReads = (pages: readonly string[]): readonly number[] => {
		let count = 0;
		const known = createKnownRecords({
			fields: ['id', 'a'],
			idFields: ['id'],
			listFields: ['jobs'],
			read: record => record,
		});
		return pages.map(printed => {
			known.begin();
			count = 0;
			const {jobs} = known.parse(Buffer.from(printed)) as {readonly jobs: readonly {value: unknown}[]};
			for (const each of jobs) if (each.value !== undefined) count++;
			known.read(jobs);
			return count;
		});
	};

	test('are parsed as far as they are new', () => {
		assert.deepEqual(
			countReads([
				listOf('a', 'b', 'c', 'd'),
				listOf('a', 'b', 'c', 'd'),
				listOf('a', 'b', 'new', 'c', 'd'),
				listOf('newer', 'a', 'b', 'new', 'c', 'd'),
			]),
			[4, 0, 1, 1],
		);
	});

	test('whose records hold objects that begin as records do are cut between the records', () => {
		// As the template of the pods in each Job of Kubernetes.
		const listWithTemplates = (...ids: readonly string[]) =>
			JSON.stringify({jobs: ids.map(id => ({id, a: {template: {id: 'template', a: []}}}))});
		assert.deepEqual(
			countReads([listWithTemplates('a', 'b', 'c'), listWithTemplates('a', 'b', 'new', 'c')]),
			[3, 1],
		);
		assert.deepEqual(countReads([listWithTemplates('a'), listWithTemplates('a', 'b')]), [1, 1]);
	});

	test('from which records went parse one record to find the others again', () => {
		assert.deepEqual(countReads([listOf('a', 'b', 'c', 'd', 'e'), listOf('a', 'd', 'e')]), [5, 1]);
	});

	test('are forgotten when two lists came without them', () => {
		const known = createReading();
		const printed = listOf('a');
		known.begin();
		const [first] = readKnown(known, printed, 'one').read;
		known.begin();
		known.begin();
		assert.equal(readKnown(known, printed, 'one').read[0], first);
		for (let list = 0; list < 3; list++) known.begin();
		assert.notEqual(readKnown(known, printed, 'one').read[0], first);
	});

	/** How many records of each page are new, in one list after the other. */
	const countNew = (known: KnownRecords<Read, string>, pages: readonly string[]): readonly number[] => {
		known.begin();
		return pages.map(printed => {
			const {jobs} = known.parse(Buffer.from(printed), 'one') as {readonly jobs: readonly {value: unknown}[]};
			const count = jobs.filter(each => each.value !== undefined).length;
			assert.equal(known.read(jobs, 'one').read.length, jobs.length);
			return count;
		});
	};

	test('beyond some ten thousand records are not kept', () => {
		const known = createReading();
		const long = listOf(...Array.from({length: 20_000}, (_, index) => `j${index}`));
		assert.deepEqual(countNew(known, [long, listOf('a', 'b')]), [20_000, 2]);
		assert.deepEqual(countNew(known, [long, listOf('a', 'b')]), [0, 2]);
		assert.deepEqual(countNew(known, [listOf('c'), listOf('a', 'b')]), [1, 2]);
		assert.deepEqual(countNew(known, [listOf('c'), listOf('a', 'b')]), [0, 0]);
	});

	test('of many megabytes are not kept', () => {
		const known = createReading();
		const long = JSON.stringify({jobs: [{id: 'a', unread: 'x'.repeat(17e6)}]});
		assert.deepEqual(countNew(known, [long, listOf('a')]), [1, 1]);
		assert.deepEqual(countNew(known, [long, listOf('a')]), [1, 0]);
	});
});
