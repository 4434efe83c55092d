import {createQueue, type Queue} from '../../process/queue.ts';

/**
A queue that serves groups in turn, each group in its own order: a small later group does not wait for all items of a large earlier one.
*/
export const createTurns = <Item>(groupOf: (item: Item) => unknown) => {
	/** The next group comes first. No group is empty. */
	const groups = new Map<unknown, Queue<Item>>();
	let size = 0;

	const take = (): Item | undefined => {
		const [first] = groups;
		if (!first) return undefined;
		const [group, queue] = first;
		groups.delete(group);
		const item = queue.take();
		size--;
		if (queue.size() > 0) groups.set(group, queue);
		return item;
	};

	return {
		add(item: Item): void {
			const group = groupOf(item);
			const queue = groups.get(group) ?? createQueue<Item>();
			const before = queue.size();
			queue.add(item);
			size += queue.size() - before;
			groups.set(group, queue);
		},
		/** Returns false if the item is not in the queue. */
		remove(item: Item): boolean {
			const group = groupOf(item);
			const queue = groups.get(group);
			if (!queue?.remove(item)) return false;
			size--;
			if (queue.size() === 0) groups.delete(group);
			return true;
		},
		take,
		/** The next items, no more than `count`. */
		takeUpTo(count: number): Item[] {
			const items: Item[] = [];
			while (items.length < count && size > 0) items.push(take() as Item);
			return items;
		},
		/** All items, group by group, without removing them. */
		all: (): readonly Item[] => [...groups.values()].flatMap(queue => queue.all()),
		size: () => size,
	};
};
