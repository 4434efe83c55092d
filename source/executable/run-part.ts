/*
Runs a part of the program that is inside the executable: its text, and the code that was compiled from it (scripts/compile-part.ts).
*/

/** Resolves with what the part exports. It stands for itself: the engine thread gets it as text. */
export const runPart = async (name: string): Promise<unknown> => {
	const {getRawAsset} = process.getBuiltinModule('node:sea');
	const {Script} = process.getBuiltinModule('node:vm');
	const {debuglog} = process.getBuiltinModule('node:util');
	// The text is ASCII: read as UTF-8 it would take ten times as long.
	const text = Buffer.from(getRawAsset(`${name}.js`)).toString('latin1');
	const script = new Script(text, {
		filename: `jobtop:${name}`,
		cachedData: Buffer.from(getRawAsset(`${name}.code`)),
	});
	debuglog('jobtop')(`the compiled code of ${name} ${script.cachedDataRejected ? 'does not fit' : 'fits'}`);
	return script.runInThisContext();
};
