// Characters of one cell that never combine: European accents, dashes and dots, arrows, and the characters of frames, bars and states.
const narrow = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u25fc\u2713\u2717]*$/;

/** Whether every character of the text is known to be one cell wide: then its width is its length, and it can be cut anywhere. */
export const isNarrow = (text: string): boolean => narrow.test(text);
