/*
XML as Grid Engine 8.1.9 prints it.
*/

/** Its name, maybe with attributes, and its text or elements. */
export type XmlElement = readonly [opening: string, content: string | number | readonly XmlElement[]];

/** Grid Engine 8.1 writes `%lt;` for `<`. */
const escaped = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '%lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&apos;');

/** An element with all that is in it, each on lines of its own. */
const elementText = ([opening, content]: XmlElement, indent: string): string => {
	const [name = ''] = opening.split(' ', 1);
	if (typeof content !== 'object') return `${indent}<${opening}>${escaped(String(content))}</${name}>\n`;
	const inner = content.map(element => elementText(element, `${indent}  `)).join('');
	return `${indent}<${opening}>\n${inner}${indent}</${name}>\n`;
};

const schemas = 'http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat';

/** A whole answer. */
export const xmlText = (root: 'job_info' | 'detailed_job_info', elements: readonly XmlElement[]): string => {
	const schema = `${schemas}/${root === 'job_info' ? 'qstat' : root}.xsd`;
	return `<?xml version='1.0'?>\n${elementText([`${root}  xmlns:xsd="${schema}"`, elements], '')}`;
};
