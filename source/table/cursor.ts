import type {Ref} from '../job/ref.ts';
import type {Cursor} from '../state/screen.ts';

type Item = {readonly ref: Ref};

/** Milliseconds for which destructive keys are refused after the row under the cursor changed by itself. */
export const lookAgainMs = 1000;

const indexOf = (list: readonly Item[], ref: Ref, near: number): number => {
	if (list[near]?.ref === ref) return near;
	return list.findIndex(item => item.ref === ref);
};

/** A change of a list. */
export type ListChange = {
	/** The user caused it, and so expects the cursor to move. */
	readonly byKey: boolean;
	/** Epoch milliseconds. */
	readonly now: number;
};

/**
The cursor after its list changed from `before` to `after`. It follows its job; if the job was removed, it moves to the nearest remaining one.
*/
export const follow = (
	cursor: Cursor,
	before: readonly Item[],
	after: readonly Item[],
	{byKey, now}: ListChange,
): Cursor => {
	if (after.length === 0) return cursor.ref === undefined ? cursor : {index: 0};
	const {ref} = cursor;
	if (ref !== undefined) {
		const index = indexOf(after, ref, cursor.index);
		if (index >= 0) return index === cursor.index ? cursor : {...cursor, index};
	}
	const index = ref === undefined ? 0 : nearest(cursor.index, before, after);
	const next = after[index]?.ref;
	return {index, ...(next !== undefined && {ref: next}), ...(!byKey && ref !== undefined && {movedAt: now})};
};

const nearest = (index: number, before: readonly Item[], after: readonly Item[]): number => {
	const left = new Map(after.map((item, place) => [item.ref, place]));
	for (let distance = 0; distance < before.length; distance++) {
		for (const neighbour of [before[index + distance], before[index - distance]]) {
			const place = neighbour && left.get(neighbour.ref);
			if (place !== undefined) return place;
		}
	}
	return Math.min(index, after.length - 1);
};

/** Moves the cursor `by` rows, inside its list. */
export const moveCursor = (cursor: Cursor, list: readonly Item[], by: number): Cursor => {
	if (list.length === 0) return cursor;
	const index = Math.max(0, Math.min(list.length - 1, cursor.index + by));
	const ref = list[index]?.ref;
	return ref === undefined ? cursor : {ref, index};
};

/** Whether the row under the cursor changed by itself a moment ago. */
export const movedByItself = (cursor: Cursor, now: number): boolean =>
	cursor.movedAt !== undefined && now - cursor.movedAt < lookAgainMs;
