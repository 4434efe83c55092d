/**
What ended a job, from the record of its system alone: a request of jobtop proves nothing.

- `cancelled`: somebody cancelled it.
- `time-limit`: it reached its time limit.
- `deadline`: it could not end before its deadline.
- `memory`: it used more memory than it may.
- `node`: one of its nodes failed.
- `boot`: a node did not boot for it.
- `dependency`: it waited for a job that did not end as it had to.
- `preemption`: its system gave its place to another job.
- `exit`: its program ended with a code other than 0.
- `signal`: a signal ended its program.
*/
export type EndedBy = {
	readonly kind: EndKind;
	/** Who cancelled it: the name of a user, or `uid 1001` if only the number is known. */
	readonly by?: string;
	/** Its node, if it had one alone: of several, none can be blamed. */
	readonly node?: string;
	/** The exit code, if its system reports it. */
	readonly code?: number;
	/** The number of the signal. */
	readonly signal?: number;
};

/** The words for each kind; undefined if the phase of the job says as much. */
export const endWords = {
	cancelled: ({by}) => by && `cancelled by ${by}`,
	'time-limit': () => 'ended by its time limit',
	deadline: () => 'ended by its deadline',
	memory: ({node}) => (node ? `out of memory on node ${node}` : 'out of memory'),
	node: ({node}) => (node ? `node ${node} failed` : 'a node failed'),
	boot: ({node}) => (node ? `node ${node} did not boot` : 'a node did not boot'),
	dependency: () => 'its dependency was never satisfied',
	preemption: () => 'preempted by another job',
	exit: ({code}) => (code === undefined ? 'nonzero exit code' : `exit code ${code}`),
	signal: ({signal}) => `ended by ${signalWords(signal)}`,
} as const satisfies Record<string, (end: Omit<EndedBy, 'kind'>) => string | undefined>;

export type EndKind = keyof typeof endWords;

type Ended = {readonly endedBy?: EndedBy};

/** What ended the job, in a few words; undefined if its system does not report more than its phase. */
export const endedByWords = ({endedBy}: Ended): string | undefined =>
	endedBy && endWords[endedBy.kind](endedBy);

/** Why the job is where it is, in a few words: an ended job keeps the reason for which it waited, so what ended it comes first. */
export const reasonWords = (job: Ended & {readonly reason?: string}): string | undefined =>
	endedByWords(job) ?? job.reason;

// Of Linux, on which these systems run.
const signalNames: Readonly<Record<number, string>> = {
	1: 'SIGHUP',
	2: 'SIGINT',
	3: 'SIGQUIT',
	4: 'SIGILL',
	6: 'SIGABRT',
	7: 'SIGBUS',
	8: 'SIGFPE',
	9: 'SIGKILL',
	10: 'SIGUSR1',
	11: 'SIGSEGV',
	12: 'SIGUSR2',
	13: 'SIGPIPE',
	14: 'SIGALRM',
	15: 'SIGTERM',
	24: 'SIGXCPU',
	25: 'SIGXFSZ',
};

/** `SIGKILL`, `signal 53`. */
const signalWords = (signal: number | undefined): string =>
	signal === undefined ? 'a signal' : (signalNames[signal] ?? `signal ${signal}`);
