/**
Where a job is, in jobtop's own words. The backend's word is kept beside it as `status`.

A job that is created but not submitted, or blocked, is `held`; one that archives or finalizes is `running`; one that is being cancelled or cleaned up is `stopping`.
*/
export const phases = {
	queued: {label: 'QUEUED', ended: false},
	starting: {label: 'STARTING', ended: false},
	running: {label: 'RUNNING', ended: false},
	held: {label: 'HELD', ended: false},
	stopping: {label: 'STOPPING', ended: false},
	succeeded: {label: 'SUCCEEDED', ended: true},
	partial: {label: 'PARTIAL', ended: true},
	failed: {label: 'FAILED', ended: true},
	cancelled: {label: 'CANCELLED', ended: true},
	unknown: {label: 'UNKNOWN', ended: false},
} as const satisfies Record<string, {readonly label: string; readonly ended: boolean}>;

export type Phase = keyof typeof phases;

/** A phase that a job ends in. */
export type EndPhase = {[P in Phase]: (typeof phases)[P]['ended'] extends true ? P : never}[Phase];

/** Whether the phase means that the job has ended. `unknown` never does. */
export const isEnd = (phase: Phase): phase is EndPhase => phases[phase].ended;

/** The phase of each status of a backend. Keys are in the form of `normalizeStatus`. */
export type StatusTable = Readonly<Record<string, Phase>>;

/** The form for comparison: lower case, `_` for spaces and dashes, one spelling of cancelled and cancelling. */
export const normalizeStatus = (status: string): string =>
	status
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, '_')
		.replace(/cancell(?=ed|ing)/g, 'cancel');

/** The phase of a backend's status. An unknown status is phase `unknown`, never an end. */
export const phaseOf = (table: StatusTable, status: string): Phase => {
	const word = normalizeStatus(status);
	// Own keys only: every object has a `constructor`.
	return (Object.hasOwn(table, word) ? table[word] : undefined) ?? 'unknown';
};
