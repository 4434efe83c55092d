/** The first visible line, so that line `index` of `length` is among the `height` visible ones; it moves only where it must. */
export const windowTop = (top: number, index: number, length: number, height: number): number => {
	const lowest = Math.max(0, length - height);
	const needed = index < top ? index : index >= top + height ? index - height + 1 : top;
	return Math.max(0, Math.min(lowest, needed));
};

/** A scroll position kept inside a text. */
export const clampScroll = (scroll: number, length: number, height: number): number =>
	Math.max(0, Math.min(scroll, length - height));
