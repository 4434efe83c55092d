/** How long cancelling usually takes: milliseconds from the acceptance of a request to the end of its job, the median and the 95th percentile. */
export type Usual = {readonly p50Ms: number; readonly p95Ms: number};
