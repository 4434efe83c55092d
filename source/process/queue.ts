/**
A FIFO queue with O(1) removal from the middle.
*/
export const createQueue = <Item>() => {
	const items = new Set<Item>();
	// The iterator continues after removed items, and sees items that are added later.
	let front = items.values();
	return {
		add: (item: Item) => void items.add(item),
		/** Returns false if the item is not in the queue. */
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
		/** All items in order, without removing them. */
		all: (): readonly Item[] => [...items],
		size: () => items.size,
	};
};

export type Queue<Item> = ReturnType<typeof createQueue<Item>>;
