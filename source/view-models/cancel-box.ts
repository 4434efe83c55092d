/*
The question before a cancellation. It names everything that will be sent in full, and says what has happened to the job since it was asked; what it is about never changes.
*/
import type {CancelTarget} from '../engine/protocol.ts';
import {phases} from '../job/phase.ts';
import type {State} from '../store/store.ts';
import type {Glyphs, Line, Tone} from '../theme.ts';
import {duration} from './format.ts';
import {framed} from './frame.ts';
import {profileState} from './health.ts';
import {span} from './line.ts';
import {stateInWords} from './phase-looks.ts';
import {profileOf} from './subject.ts';
import {sureText, wrap} from './text.ts';

export type CancelBox = {readonly target: CancelTarget; readonly openedAt: number};

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

export const boxLines = (
	state: State,
	box: CancelBox,
	now: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const {target} = box;
	const {known} = state;
	const profile = profileOf(state, target.ref);
	const health = profile && known.health.get(profile.name);
	const job = known.jobs.byRef.get(target.ref);
	const inner = width - 4;
	const paragraph = (text: string, tone?: Tone): readonly Line[] =>
		wrap(sureText(text, glyphs.ascii), inner).map(line => [span(line, tone)]);

	const age = health?.lastGoodAt === undefined ? '' : `, as of ${duration(now - health.lastGoodAt)} ago`;
	const {word, well} = profileState(health, now);
	const since = sinceOpened(state, box);
	const must: readonly Line[] = [
		...paragraph(target.ref, 'strong'),
		...paragraph(target.name),
		...paragraph(`${stateInWords(target)}${age}`),
		...(job && !job.mine
			? paragraph(`! it is not yours: ${job.owner ?? 'of another owner'}`, 'needs-you')
			: []),
		...(since ? paragraph(`! ${since}`, 'needs-you') : []),
		...(!well
			? paragraph(`! ${profile?.name ?? 'its profile'} is ${word}: that state may be old`, 'needs-you')
			: []),
	];
	const consequence = profile?.consequence ? paragraph(profile.consequence) : [];
	const answers = paragraph(
		canSend(state, box) ? 'y sends it    n, Esc or Enter keeps the job' : 'n, Esc or Enter closes this',
		'strong',
	);
	// Where there is too little room, what is lost is air and then explanation, never what will be sent.
	const air: Line = [span('')];
	const full = [...must, air, ...consequence, air, ...answers];
	const tight = [...must, ...consequence, ...answers];
	const room = height - 2;
	const content =
		full.length <= room
			? full
			: tight.length <= room
				? tight
				: [...[...must, ...consequence].slice(0, Math.max(0, room - answers.length)), ...answers];
	return framed('cancel this job?', content, width, glyphs, 'needs-you');
};
