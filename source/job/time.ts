/*
Two kinds of numbers that the compiler keeps apart. A plain number may become either; one kind never becomes the other.
*/

/** Epoch milliseconds. */
export type Millis = number & {readonly kind?: 'epoch milliseconds'};

/** Whether `Date` can hold the time: a system may write any number. */
export const isMillis = (at: number): at is Millis => Math.abs(at) <= 8.64e15;

/** A value of the counter that orders requests and answers. It never goes back. */
export type Moment = number & {readonly kind?: 'moment'};
