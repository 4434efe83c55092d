/*
The words for a cancellation, during and after it. Only outcomes with evidence say "cancelled".
*/
import type {CancelStep} from '../cancellation/machine/state.ts';
import {isReached, isUnproven, type OutcomeKind, outcomes} from '../cancellation/outcomes.ts';
import type {CancellationReport, MomentStep} from '../engine/protocol.ts';
import {type Operation, participles} from '../job/operation.ts';
import {isEnd, phases} from '../job/phase.ts';
import {parseRef} from '../job/ref.ts';
import {shortDuration} from '../text/format.ts';
import type {StateGlyph, Tone} from '../text/theme.ts';

export type CancellationWords = {
	/** `kind`, with the duration where it matters. */
	readonly text: string;
	/** Cancellations of one kind are counted together. */
	readonly kind: string;
	readonly tone: Tone;
	readonly glyph: StateGlyph;
	readonly group: CancellationGroup;
};

/** Groups in display order: needs the user, in progress, finished. */
type CancellationGroup = 'needs-you' | 'on-its-way' | 'over';

const steps: Readonly<Record<Exclude<CancelStep, 'settled'>, string>> = {
	asked: 'asked',
	staged: 'staged',
	checking: 'checking',
	sending: 'sending',
	throttled: 'slowed down',
	parked: 'parked',
	reconciling: 'answer lost',
	following: 'following',
};

const momentWords: Readonly<Record<MomentStep, string>> = {
	...steps,
	sent: 'sent',
	accepted: 'accepted',
	answered: 'answered',
	seen: 'seen',
	overdue: 'OVERDUE',
	'came-back': 'CAME BACK',
	resumed: 'resumed',
	settled: 'settled',
};

/** The word for an entry of a timeline. */
export const momentWord = (step: MomentStep): string => momentWords[step];

/** Whether the request is in progress: a second one would change nothing. */
export const isOnItsWay = (report: CancellationReport | undefined): boolean =>
	report !== undefined && report.step !== 'settled';

/** Whether the job is being cancelled. */
export const isBeingCancelled = (report: CancellationReport | undefined): boolean =>
	isOnItsWay(report) && report?.operation === 'cancel';

const unprovenTexts = {'may-run': 'may still run', 'may-start': 'may still start'} as const;

/** `3 cancellations`, `1 restart`. */
export const requestWords = {
	cancel: 'cancellation',
	suspend: 'suspension',
	unsuspend: 'restart',
} as const satisfies Record<Operation, string>;

/** One to three words for a table. */
export const cancellationWords = (report: CancellationReport, now: number): CancellationWords => {
	const {ageMs, ...words} = standingWords(report, now);
	const {kind} = words;
	const text = endedFirst(report) ?? (ageMs === undefined ? kind : `${kind} ${shortDuration(ageMs)}`);
	return {...words, text};
};

/** `failed first`, for a job that ended by itself before the request; undefined for others, and where its end is unknown. */
const endedFirst = ({outcome}: CancellationReport): string | undefined => {
	if (outcome?.kind !== 'finished-first' || outcome.counts) return undefined;
	const {phase} = outcome;
	return phase !== undefined && phase !== 'cancelled' && isEnd(phase)
		? `${phases[phase].label.toLowerCase()} first`
		: undefined;
};

type StandingWords = Omit<CancellationWords, 'text'> & {readonly ageMs?: number};

const urgent = (kind: string): StandingWords => ({
	kind,
	tone: 'needs-you',
	glyph: 'needs-you',
	group: 'needs-you',
});
const pursued = (kind: string): StandingWords => ({
	kind,
	tone: 'cancelling',
	glyph: 'cancelling',
	group: 'on-its-way',
});
const over = (kind: string, glyph: StateGlyph): StandingWords => ({kind, tone: 'dim', glyph, group: 'over'});

/** Whether there is something that the user can do: ask again, or give a credential. */
export const needsUser = (report: CancellationReport): boolean =>
	cancellationWords(report, 0).group === 'needs-you';

/** `1 needs you`, `3 need you`. */
export const needsWords = (number: number): string => `${number} ${number === 1 ? 'needs' : 'need'} you`;

/** Whether the user may ask again while the cancellation is in progress. */
export const mayAskAgain = (report: CancellationReport | undefined): boolean =>
	report !== undefined && isOnItsWay(report) && report.step !== 'parked' && needsUser(report);

const acceptedWords = {
	cancel: 'asked, stopping',
	suspend: 'asked, suspending',
	unsuspend: 'asked, starting',
} as const satisfies Record<Operation, string>;

/** No alarm without an action. */
const urgentIf = ({cannotRepeat, step}: CancellationReport, kind: string): StandingWords => {
	if (!cannotRepeat) return urgent(kind);
	return step === 'settled' ? failed(kind) : pursued(kind);
};

const failed = (kind: string): StandingWords => ({...over(kind, 'failed'), tone: 'failed'});

const notCancelled: ReadonlySet<OutcomeKind> = new Set(['not-found', 'replaced']);

const standingWords = (report: CancellationReport, now: number): StandingWords => {
	const {step, outcome, operation, cameBack, acceptedAt, askedAt, seen} = report;
	if (step === 'settled' && outcome && outcome.kind !== 'overdue') {
		// The user took it back and need not look.
		if (outcome.kind === 'not-sent' && outcome.recalled) return over('recalled', 'first');
		const {label: plain, needsYou: asksForUser} = outcomes[outcome.kind];
		// Without a proof, say so beside the label.
		const label = isUnproven(outcome) ? `${plain}, unproven` : plain;
		if (isUnproven(outcome)) return over(label, 'unsure');
		if (notCancelled.has(outcome.kind)) return failed(label);
		if (outcome.notYours) return failed(`${label}, not yours`);
		return asksForUser ? urgentIf(report, label) : over(label, isReached(outcome.kind) ? 'done' : 'first');
	}
	if (step === 'parked') return urgent('parked');
	if (cameBack) return urgentIf(report, 'came back');
	if (outcome?.kind === 'overdue')
		return {...urgentIf(report, 'overdue'), ageMs: now - (acceptedAt ?? askedAt)};
	if (outcome?.kind === 'unknown') return urgentIf(report, 'unknown');
	const accepted = acceptedAt !== undefined || seen?.phase === 'stopping';
	if (step === 'following' && seen?.unproven) return pursued(unprovenTexts[seen.unproven]);
	if (step === 'following' && accepted) return pursued(acceptedWords[operation]);
	return pursued(step === 'settled' ? 'settled' : steps[step]);
};

/** The state of the cancellation, as a sentence. */
export const cancellationSentence = (report: CancellationReport): string => {
	const name = parseRef(report.ref)?.id ?? report.ref;
	if (report.outcome)
		return `${outcomes[report.outcome.kind].sentence(name, report.outcome, report.operation)}${elsewhere(report)}`;
	const seen = report.seen ? `, last seen ${report.seen.status || phases[report.seen.phase].label}` : '';
	const why = report.why ? `: ${report.why}` : '';
	return `${onTheWay[report.step](name, report.operation)}${seen}${why}`;
};

/** What is left to do if asking again would do nothing. */
const elsewhere = ({cannotRepeat, step, seen, operation}: CancellationReport): string =>
	cannotRepeat && (step === 'settled' || step === 'following') && !(seen && isEnd(seen.phase))
		? `; nothing more can be sent from here: ${elsewhereWords[operation]} on its system`
		: '';

const elsewhereWords = {
	cancel: 'end it',
	suspend: 'suspend it',
	unsuspend: 'start it',
} as const satisfies Record<Operation, string>;

const untilWords = {
	cancel: 'waiting for the job to end',
	suspend: 'waiting until nothing of it runs',
	unsuspend: 'waiting until it is no longer suspended',
} as const satisfies Record<Operation, string>;

const onTheWay: Readonly<Record<CancelStep, (name: string, operation: Operation) => string>> = {
	asked: (name, operation) => `${name} will be ${participles[operation]}; nothing is sent yet`,
	staged: (name, operation) => `${name} will be ${participles[operation]}; nothing is sent yet`,
	checking: name => `looking at ${name} before the request is sent`,
	sending: name => `the request for ${name} is being sent`,
	throttled: name => `the request for ${name} waits because the server asked to slow down`,
	parked: name => `the request for ${name} waits for a new credential`,
	reconciling: name => `the answer for ${name} was lost; looking at it before anything is sent again`,
	following: (name, operation) => `the request for ${name} was answered; ${untilWords[operation]}`,
	settled: name => `the request for ${name} is finished`,
};

const groups: readonly CancellationGroup[] = ['needs-you', 'on-its-way', 'over'];

// The group does not depend on the time; only the age in the words does.
const urgencyOf = (report: CancellationReport): number => groups.indexOf(cancellationWords(report, 0).group);

const byAge = (a: CancellationReport, b: CancellationReport): number =>
	b.askedAt - a.askedAt || (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : b.batch - a.batch);

/** By group, then the latest first. */
export const compareCancellations = (a: CancellationReport, b: CancellationReport): number =>
	urgencyOf(a) - urgencyOf(b) || byAge(a, b);

/** The same order for many: computes each group once, not once per comparison. */
export const byUrgency = (reports: readonly CancellationReport[]): readonly CancellationReport[] =>
	reports
		.map(report => ({report, urgency: urgencyOf(report)}))
		.sort((a, b) => a.urgency - b.urgency || byAge(a.report, b.report))
		.map(({report}) => report);
