/*
Two kinds of numbers that are never mixed. A plain number may become either; one kind never becomes the other, and the compiler sees to that.
*/

/** Epoch milliseconds. */
export type Millis = number & {readonly kind?: 'epoch milliseconds'};

/** A number of the counter by which questions and answers are put in order; it never goes back. */
export type Moment = number & {readonly kind?: 'moment'};
