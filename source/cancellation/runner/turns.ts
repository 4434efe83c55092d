import {createQueue, type Queue} from '../../process/queue.ts';

/**
What waits, each group in its order and the groups in turn: one that comes later with a few does not wait for all that another one brought before.
*/
export const createTurns = <Item>(groupOf: (item: Item) => unknown) => {
	/** The group whose turn it is stands first; none of them is empty. */
	const groups = new Map<unknown, Queue<Item>>();
	let size = 0;
	return {
		add(item: Item): void {
			const group = groupOf(item);
			const queue = groups.get(group) ?? createQueue<Item>();
			const before = queue.size();
			queue.add(item);
			size += queue.size() - before;
			groups.set(group, queue);
		},
		/** False where it does not wait. */
		remove(item: Item): boolean {
			const group = groupOf(item);
			const queue = groups.get(group);
			if (!queue?.remove(item)) return false;
			size--;
			if (queue.size() === 0) groups.delete(group);
			return true;
		},
		take(): Item | undefined {
			const [first] = groups;
			if (!first) return undefined;
			const [group, queue] = first;
			groups.delete(group);
			const item = queue.take();
			size--;
			if (queue.size() > 0) groups.set(group, queue);
			return item;
		},
		/** All that wait, one group behind the other; they go on waiting. */
		all: (): readonly Item[] => [...groups.values()].flatMap(queue => queue.all()),
		size: () => size,
	};
};
