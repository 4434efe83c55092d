import {replaceOutput, replaceSanitizer} from 'ink';
import {leanOutput} from './lean-output.ts';
import {remembered} from './remembered.ts';

/** Replaces Ink's last step of a frame with ours (patches/ink+8.0.0.patch). */
export const quickenInk = () => {
	replaceOutput(leanOutput);
	// Ink checks every text of every frame for control sequences; nearly all texts repeat from the previous frame.
	replaceSanitizer(remembered);
};
