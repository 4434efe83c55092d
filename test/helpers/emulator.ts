import type xterm from '@xterm/headless';
import stringWidth from 'string-width';

/** The emulator knows the widths of an old Unicode; the terminals of today give each character the width that it has now. */
export const takeTodaysWidths = (terminal: xterm.Terminal) => {
	const wcwidth = (code: number) => Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2;
	terminal.unicode.register({
		version: 'now',
		wcwidth,
		charProperties(code, preceding) {
			const own = wcwidth(code);
			const before = (preceding >> 1) & 3;
			const joins = own === 0 && before > 0;
			return ((joins ? before : own) << 1) | (joins ? 1 : 0);
		},
	});
	terminal.unicode.activeVersion = 'now';
};
