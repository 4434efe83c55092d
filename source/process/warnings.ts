import {cleanText} from '../job/clean-text.ts';

/** undici warns of its SOCKS support with each proxy; nothing follows from that for the user. */
const withoutConsequence = /^SOCKS5 proxy support is experimental/;

/** Hands the warnings and deprecations of Node in this thread to a listener, as one line each, in place of the terminal. A later listener takes the place of an earlier one. */
export const onWarning = (report: (text: string) => void): void => {
	process.removeAllListeners('warning');
	process.on('warning', ({name, message}) => {
		if (withoutConsequence.test(message)) return;
		report(cleanText(`Node: ${name}: ${message}`.replace(/\s+/g, ' '), 500));
	});
};
