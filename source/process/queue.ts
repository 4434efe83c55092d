/**
What waits, first in, first out. Putting in, taking out and giving up one in the middle cost the same however many wait.
*/
export const createQueue = <Item>() => {
	const items = new Set<Item>();
	// An iterator goes on where it was, past what was taken, and sees what is added behind it.
	let front = items.values();
	return {
		add: (item: Item) => void items.add(item),
		/** False where it does not wait. */
		remove: (item: Item): boolean => items.delete(item),
		take(): Item | undefined {
			let next = front.next();
			if (next.done) {
				front = items.values();
				next = front.next();
				if (next.done) return undefined;
			}
			items.delete(next.value);
			return next.value;
		},
		/** All that wait, in their order; they go on waiting. */
		all: (): readonly Item[] => [...items],
		size: () => items.size,
	};
};

export type Queue<Item> = ReturnType<typeof createQueue<Item>>;
