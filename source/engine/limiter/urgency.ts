/** The order of waiting requests: by hand, then cancelling, looking and listing. */
export const urgency = {hand: 0, cancel: 1, look: 2, list: 3} as const;

/** The purpose of a request. `hand` is not a purpose: any request may be made by hand. */
export type Urgency = Exclude<keyof typeof urgency, 'hand'>;
