/** What goes first when requests wait: what a person waits for, then cancelling, looking, and listing. */
export const urgency = {hand: 0, cancel: 1, look: 2, list: 3} as const;

/** What a request is for. That a person waits for it is no sort of request: any may be asked by hand. */
export type Urgency = Exclude<keyof typeof urgency, 'hand'>;
