import {appendFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Ref} from '../job/ref.ts';
import {makeDirectory} from '../make-directory.ts';

/** Rows that were hidden longer ago than this are forgotten: their jobs are long gone. */
const rememberedMs = 90 * 24 * 3600 * 1000;

type Line = {readonly at: number; readonly ref: Ref; readonly hidden: boolean};

/** The hidden rows, kept in the state directory so that they stay hidden. */
export const createDismissals = (stateDirectory: string, now: () => number) => {
	const file = join(stateDirectory, 'dismissed.jsonl');
	const hidden = new Set<Ref>();
	for (const row of readRows(file)) {
		try {
			const {at, ref, hidden: hide} = JSON.parse(row) as Line;
			if (hide && now() - at < rememberedMs) hidden.add(ref);
			else hidden.delete(ref);
		} catch {
			// A torn line hides nothing.
		}
	}

	return {
		hidden: hidden as ReadonlySet<Ref>,
		/** Hides rows or shows them again. Throws the system's error where that cannot be kept; then nothing has changed. */
		set(refs: readonly Ref[], hide: boolean) {
			const lines = refs.map(ref => `${JSON.stringify({at: now(), ref, hidden: hide} satisfies Line)}\n`);
			makeDirectory(stateDirectory);
			appendFileSync(file, lines.join(''), {mode: 0o600});
			for (const ref of refs) hide ? hidden.add(ref) : hidden.delete(ref);
		},
	};
};

const readRows = (file: string): readonly string[] => {
	try {
		return readFileSync(file, 'utf8').split('\n').filter(Boolean);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
};
