/** The readable records of a list, in its order, and how many others there were. */
export type ReadRecords<Result> = {readonly read: Result[]; readonly unreadable: number};

/** Reads records one by one: what cannot be read is counted, and costs no other its place. */
export const readRecords = <Item, Result>(
	records: readonly Item[],
	read: (record: Item) => Result | undefined,
): ReadRecords<Result> => {
	const results: Result[] = [];
	for (const record of records) {
		const result = read(record);
		if (result !== undefined) results.push(result);
	}
	return {read: results, unreadable: records.length - results.length};
};
