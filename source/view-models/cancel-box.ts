/*
The question before a cancellation. It names everything that will be sent in full, and says what has happened to the job since it was asked; what it is about never changes.
*/
import type {CancelTarget} from '../engine/protocol.ts';
import {phases} from '../job/phase.ts';
import type {State} from '../store/store.ts';
import {asciiGlyphs, type Glyphs, type Line, type Tone} from '../theme.ts';
import {duration} from './format.ts';
import {framed} from './frame.ts';
import {profileState} from './health.ts';
import {span} from './line.ts';
import {stateInWords} from './phase-looks.ts';
import {profileOf} from './subject.ts';
import {cutEnd, sureText, wrap} from './text.ts';

export type CancelBox = {
	readonly target: CancelTarget;
	readonly openedAt: number;
	/** What was typed of the profile's name, where that is asked for. */
	readonly typed?: string;
};

/** What has become of the job since the box was opened, where that matters. */
export const sinceOpened = ({known}: State, {target}: CancelBox): string | undefined => {
	const job = known.jobs.byRef.get(target.ref);
	if (!job) return 'meanwhile it is no longer listed; jobtop looks at it before anything is sent';
	if (job.terminal)
		return `meanwhile it has ended: ${phases[job.phase].label.toLowerCase()}. There is nothing to cancel`;
	if (job.status !== target.status || job.phase !== target.phase)
		return `meanwhile it is ${stateInWords(job)}`;
	return undefined;
};

/** Whether sending would still make sense. */
export const canSend = ({known}: State, {target}: CancelBox): boolean =>
	known.jobs.byRef.get(target.ref)?.terminal !== true;

/** `nameLines`: a name can be as long as somebody likes. */
type Room = {readonly width: number; readonly nameLines: number};

const roomOf = (width: number, height: number): Room => ({width: width - 4, nameLines: height < 12 ? 1 : 2});

const paragraph = (text: string, width: number, glyphs: Glyphs, tone?: Tone): readonly Line[] =>
	wrap(sureText(text, glyphs.ascii), width).map(line => [span(line, tone)]);

/** What must be seen before anything may be sent: the whole ref, the state and its age, the name, whatever warns. */
const facts = (
	state: State,
	box: CancelBox,
	now: number,
	{width, nameLines}: Room,
	glyphs: Glyphs,
): readonly Line[] => {
	const {target} = box;
	const {known} = state;
	const profile = profileOf(state, target.ref);
	const health = profile && known.health.get(profile.name);
	const job = known.jobs.byRef.get(target.ref);
	const age = health?.lastGoodAt === undefined ? '' : `, as of ${duration(now - health.lastGoodAt)} ago`;
	const {word, well} = profileState(health, now);
	const since = sinceOpened(state, box);
	const warnings = [
		since,
		job && !job.mine ? `it is not yours: ${job.owner ?? 'of another owner'}` : undefined,
		well ? undefined : `${profile?.name ?? 'its profile'} is ${word}: that state may be old`,
	];
	const name = cutEnd(sureText(target.name, glyphs.ascii), width * nameLines - 1, glyphs.ellipsis);
	return [
		...paragraph(target.ref, width, glyphs, 'strong'),
		...paragraph(`${stateInWords(target)}${age}`, width, glyphs),
		...paragraph(name, width, glyphs).slice(0, nameLines),
		...warnings.flatMap(text => (text ? paragraph(`! ${text}`, width, glyphs, 'needs-you') : [])),
	];
};

/** Whether the box shows all that it must in so much room. What was not shown is not sent. */
export const fitsBox = (state: State, box: CancelBox, now: number, width: number, height: number): boolean =>
	facts(state, box, now, roomOf(width, height), asciiGlyphs).length + 1 <= height - 2;

export const boxLines = (
	state: State,
	box: CancelBox,
	now: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const inner = width - 4;
	const room = height - 2;
	const must = facts(state, box, now, roomOf(width, height), glyphs);
	const consequence = profileOf(state, box.target.ref)?.consequence;
	const explained = consequence ? paragraph(consequence, inner, glyphs) : [];
	const answer = !fitsBox(state, box, now, width, height)
		? 'too small to show it all: nothing is sent'
		: canSend(state, box)
			? box.typed !== undefined
				? `type ${profileOf(state, box.target.ref)?.name} and Enter to send it: ${box.typed}_`
				: inner < 45
					? 'y sends it    n keeps it'
					: 'y sends it    n, Esc or Enter keeps the job'
			: 'n, Esc or Enter closes this';
	const answers: Line = [span(answer, 'strong')];
	const air: Line = [span('')];
	const full = [...must, air, ...explained, air, answers];
	// Where there is too little room, what is lost is air and then explanation, never what will be sent.
	const content =
		full.length <= room ? full : [...[...must, ...explained].slice(0, Math.max(0, room - 1)), answers];
	const title = box.typed === undefined ? 'cancel this job?' : 'cancel this job? its profile is protected';
	return framed(title, content, width, glyphs, 'needs-you');
};
