/** How far a suspension is: `none` of it, `beginning` while work still stops, `complete` once nothing of the job runs, `ending` until its system has taken it back. */
export type Suspension = 'none' | 'beginning' | 'complete' | 'ending';
