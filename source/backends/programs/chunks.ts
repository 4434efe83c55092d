/** Ids in one call of a program, at most. */
const maxIdsInCall = 1000;
/** Linux takes 128 KiB in one argument. */
const maxLettersInCall = 100_000;

/** The ids for one call each. No chunk is empty: without an id a program would act on other jobs, as scancel and bkill do. */
export const chunksOf = (ids: readonly string[]): string[][] => {
	const chunks: string[][] = [];
	let letters = 0;
	for (const id of ids) {
		const last = chunks.at(-1);
		letters += id.length + 1;
		if (last !== undefined && last.length < maxIdsInCall && letters <= maxLettersInCall) last.push(id);
		else {
			chunks.push([id]);
			letters = id.length + 1;
		}
	}
	return chunks;
};
