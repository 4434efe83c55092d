// Every character of these is one cell on its own and never joins another: the accents of Europe, dashes and dots, arrows, and what frames, bars and states are drawn with.
const narrow = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u25fc\u2713\u2717]*$/;

/** Whether every character of the text is known to be one cell: it is as wide as it is long, and can be cut anywhere. */
export const isNarrow = (text: string): boolean => narrow.test(text);
