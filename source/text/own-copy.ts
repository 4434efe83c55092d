/** A copy of the text. V8 keeps a text in memory as long as any part that was cut out of it; a copy of the part does not. */
export const ownCopy = (text: string): string => (text.length < shortestPart ? text : ` ${text}`.slice(1));

/** V8 copies shorter parts anyway. */
const shortestPart = 13;
