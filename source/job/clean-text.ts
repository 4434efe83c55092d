/**
Makes a remote string safe to show: what is shown can never drive the terminal, hide itself or change the direction of the line.

Whole escape sequences go (so that `\e]0;title\a` leaves nothing of itself behind), then every other control code, bidi controls, zero-width and other format characters, lone surrogates. Tabs and line breaks become one space. The rest is kept as it is, cut to `longest` UTF-16 units.
*/
export const cleanText = (text: string, longest = 1000): string => {
	// Far more than is shown is never looked at: a name of a megabyte must not cost a megabyte of work a poll.
	const head = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
	if (plain.test(head) && head.length <= longest) return head;
	const cleaned = head
		// First: two lone halves would become a character once what stands between them is gone.
		.toWellFormed()
		.replace(operatingSystemCommand, '')
		.replace(controlSequence, '')
		.replace(otherEscape, '')
		.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
		.replace(/[\u0000-\u001f\u007f-\u009f]/g, '')
		.replace(/\p{Cf}|\p{Co}|\p{Cn}/gu, '')
		.replace(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '');
	if (cleaned.length <= longest) return cleaned;
	// Never half a character.
	const end = /[\ud800-\udbff]/.test(cleaned[longest - 2] ?? '') ? longest - 2 : longest - 1;
	return `${cleaned.slice(0, end)}…`;
};

/** As `cleanText`, for text of many lines: line breaks stay, and tabs become four spaces. */
export const cleanLines = (text: string, longest = 200_000): string =>
	text
		.slice(0, longest)
		.split(/\r\n|\n|\r/)
		.map(line => cleanText(line.replaceAll('\t', '    '), 2000))
		.join('\n');

const plain = /^[ -~]*$/;
// OSC, DCS, SOS, PM and APC run up to BEL or ST, or to the end of the string where they are never closed.
const operatingSystemCommand =
	/(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[\s\S]*?(?:\u0007|\u001b\\|\u009c|$)/g;
const controlSequence = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
const otherEscape = /\u001b[ -/]*[0-~]?/g;
