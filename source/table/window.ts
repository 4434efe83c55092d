/** The first visible line, so that line `index` of `length` is among the `height` visible ones. Moves only if necessary. */
export const windowTop = (top: number, index: number, length: number, height: number): number => {
	const lowest = Math.max(0, length - height);
	const needed = index < top ? index : index >= top + height ? index - height + 1 : top;
	return Math.max(0, Math.min(lowest, needed));
};

/** Limits a scroll position to the text. */
export const clampScroll = (scroll: number, length: number, height: number): number =>
	Math.max(0, Math.min(scroll, length - height));
