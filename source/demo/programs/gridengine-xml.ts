/*
XML as Grid Engine 8.1.9 prints it.
*/

/** Elements by their names, maybe with attributes behind them. */
export type XmlElements = {readonly [opening: string]: XmlContent};

/** What an element holds: a text, elements, or elements of which some have the same name. */
type XmlContent = string | number | XmlElements | readonly XmlElements[];

/** Grid Engine 8.1 writes `%lt;` for `<`. */
const escaped = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '%lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&apos;');

/** The elements with all that is in them, each on lines of its own. */
const elementsText = (all: XmlElements | readonly XmlElements[], indent: string): string =>
	[all]
		.flat()
		.flatMap(elements => Object.entries(elements))
		.map(([opening, content]) => {
			const [name = ''] = opening.split(' ', 1);
			const inner =
				typeof content === 'object'
					? `\n${elementsText(content, `${indent}  `)}${indent}`
					: escaped(String(content));
			return `${indent}<${opening}>${inner}</${name}>\n`;
		})
		.join('');

const schemas = 'http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat';

/** A whole answer. */
export const xmlText = (root: 'job_info' | 'detailed_job_info', content: XmlElements): string => {
	const schema = `${schemas}/${root === 'job_info' ? 'qstat' : root}.xsd`;
	return `<?xml version='1.0'?>\n${elementsText({[`${root}  xmlns:xsd="${schema}"`]: content}, '')}`;
};
