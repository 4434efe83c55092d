/*
fast-check for all property tests, with one seed for each process. A failed property prints its seed; `SEED=…` runs the same examples again.
*/
import fc from 'fast-check';

const seed = process.env.SEED;
if (seed !== undefined) {
	// fast-check takes any 32-bit integer; anything else would be another seed than the one that was asked for.
	if (!/^-?\d+$/.test(seed) || Number(seed) !== (Number(seed) | 0))
		throw new Error(`SEED=${seed} is not a 32-bit integer`);
	fc.configureGlobal({seed: Number(seed)});
}

export {fc};
