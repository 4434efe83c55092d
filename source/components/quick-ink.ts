import {replaceOutput, replaceSanitizer} from 'ink';
import {leanOutput} from './lean-output.ts';
import {remembered} from './remembered.ts';

/** Puts our own last step of a frame in the place of Ink's (patches/ink+8.0.0.patch). */
export const quickenInk = () => {
	replaceOutput(leanOutput);
	// Ink looks every text over for what could drive the terminal, on every frame; most are those of the frame before.
	replaceSanitizer(remembered);
};
