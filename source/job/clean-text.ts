/**
Makes a remote string safe to show: it cannot control the terminal, hide itself or change the direction of the line.

Removes whole escape sequences (so that `\e]0;title\a` leaves nothing behind), then all other control codes, bidi controls, zero-width and other format characters, and lone surrogates. Tabs and line breaks become one space. Cuts the result to `maxLength` UTF-16 units.
*/
export const cleanText = (text: string, maxLength = 1000): string => {
	// Ignore text far beyond the limit: a name of a megabyte must not cost a megabyte of work per poll.
	const head = text.length > maxLength * 4 ? text.slice(0, maxLength * 4) : text;
	if (plain.test(head) && head.length <= maxLength) return head;
	const cleaned = head
		// Must come first: two lone surrogates would become a character once the text between them is removed.
		.toWellFormed()
		.replace(operatingSystemCommand, '')
		.replace(controlSequence, '')
		.replace(otherEscape, '')
		.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
		.replace(/[\u0000-\u001f\u007f-\u009f]/g, '')
		.replace(/\p{Cf}|\p{Co}|\p{Cn}/gu, '')
		.replace(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '');
	if (cleaned.length <= maxLength) return cleaned;
	// Never cut inside a character.
	const end = /[\ud800-\udbff]/.test(cleaned[maxLength - 2] ?? '') ? maxLength - 2 : maxLength - 1;
	return `${cleaned.slice(0, end)}…`;
};

/** `cleanText` for text of many lines: keeps line breaks, and replaces tabs by four spaces. */
export const cleanLines = (text: string, maxLength = 200_000): string =>
	text
		.slice(0, maxLength)
		.split(/\r\n|\n|\r/)
		.map(line => cleanText(line.replaceAll('\t', '    '), 2000))
		.join('\n');

const plain = /^[ -~]*$/;
// OSC, DCS, SOS, PM and APC end at BEL or ST, or at the end of the string.
const operatingSystemCommand =
	/(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[\s\S]*?(?:\u0007|\u001b\\|\u009c|$)/g;
const controlSequence = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
const otherEscape = /\u001b[ -/]*[0-~]?/g;
