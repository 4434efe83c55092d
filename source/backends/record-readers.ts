/*
Readers of the records of a list, put together as zod's schemas are. A list has thousands of records, and a first one no known ones: zod takes some four times the processor time for the same, a large part of it for V8 to compile it. Everything that comes one by one is read with zod.
*/

/** What a value is read as; undefined where it is nothing of that kind. */
export type Reader<Result> = (value: unknown) => Result | undefined;

/** What a reader makes of a value that it can read. */
export type ReadBy<Any extends Reader<unknown>> = Exclude<ReturnType<Any>, undefined>;

export const text: Reader<string> = value => (typeof value === 'string' ? value : undefined);

/** A number that is one: `1e999` is read as infinite. */
export const number: Reader<number> = value =>
	typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const flag: Reader<boolean> = value => (typeof value === 'boolean' ? value : undefined);

/** A text, or the `null` of a server for which that says something. */
export const textOrNull: Reader<string | null> = value => (value === null ? null : text(value));

/** Whatever it is, unread. */
export const unread: Reader<unknown> = value => value;

/** A list of which each item can be read. */
export const list =
	<Item>(read: Reader<Item>): Reader<readonly Item[]> =>
	value => {
		if (!Array.isArray(value)) return undefined;
		const items: Item[] = [];
		for (const each of value) {
			const item = read(each);
			if (item === undefined) return undefined;
			items.push(item);
		}
		return items;
	};

/** Texts by any names. */
export const texts: Reader<Readonly<Record<string, string>>> = value =>
	isObject(value) && Object.values(value).every(each => typeof each === 'string')
		? (value as Readonly<Record<string, string>>)
		: undefined;

type Readers = Readonly<Record<string, Reader<unknown>>>;

/** An object with these fields, of which the needed ones can be read. A field of another kind is passed over: it must not cost the job its row. */
export type ObjectReader<Fields extends Readers, Needed extends keyof Fields> = Reader<{
	readonly [Name in keyof Fields]: ReadBy<Fields[Name]> | (Name extends Needed ? never : undefined);
}>;

export const object = <Fields extends Readers, Needed extends keyof Fields & string = never>(
	fields: Fields,
	needed: readonly Needed[] = [],
): ObjectReader<Fields, Needed> => {
	const names = Object.keys(fields);
	const readers = Object.values(fields);
	const read = (value: unknown) => {
		if (!isObject(value)) return undefined;
		const own: Record<string, unknown> = {};
		for (let index = 0; index < names.length; index++) {
			const name = names[index] as string;
			own[name] = readers[index]?.(value[name]);
		}
		return needed.every(name => own[name] !== undefined) ? own : undefined;
	};
	return read as ObjectReader<Fields, Needed>;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
