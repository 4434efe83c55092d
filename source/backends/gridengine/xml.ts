/*
The XML that qstat prints: elements and text, without attributes that matter.
*/
export type Element = {
	readonly name: string;
	/** Of an element that has no others in it. */
	readonly text: string;
	readonly children: readonly Element[];
};

/** The text of a piece of XML. Grid Engine 8.1 writes `%lt;` for `<`. */
export const decode = (text: string): string =>
	text.includes('&') || text.includes('%lt;')
		? text.replace(/%lt;|&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
				if (whole === '%lt;') return '<';
				if (name !== undefined) return names.get(name) ?? whole;
				const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
				return code > 0x10_ff_ff ? '' : String.fromCodePoint(code);
			})
		: text;

const names: ReadonlyMap<string, string> = new Map([
	['lt', '<'],
	['gt', '>'],
	['amp', '&'],
	['quot', '"'],
	['apos', "'"],
]);

/** The element that a text holds, whatever stands around it; undefined if it is not complete. */
export const parseXml = (text: string, root: string): Element | undefined => {
	type Open = {name: string; text: string; children: Element[]};
	const begin = text.indexOf(`<${root}`);
	if (begin === -1) return undefined;
	const open: Open[] = [];
	const tag = /<(\/?)([A-Za-z_][\w.:-]*)[^>]*?(\/?)>/g;
	tag.lastIndex = begin;
	let from = begin;
	for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
		const [whole, closing, name = '', empty] = match;
		const parent = open.at(-1);
		if (parent) parent.text += text.slice(from, match.index);
		from = match.index + whole.length;
		if (closing === '') open.push({name, text: '', children: []});
		if (closing === '' && empty === '') continue;
		const closed = open.pop();
		if (closed === undefined || closed.name !== name) return undefined;
		const {children} = closed;
		const element = {name, children, text: children.length > 0 ? '' : decode(closed.text)};
		const above = open.at(-1);
		if (above === undefined) return element;
		above.children.push(element);
	}
	return undefined;
};

/** The first element below this one on this path. */
export const find = (element: Element | undefined, ...path: readonly string[]): Element | undefined =>
	path.reduce<Element | undefined>((at, name) => at?.children.find(child => child.name === name), element);

/** The elements of this name, at any depth. */
export const findAll = (element: Element | undefined, name: string): readonly Element[] =>
	element === undefined
		? []
		: element.children.flatMap(child => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
