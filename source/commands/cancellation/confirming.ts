import type {Intention} from '../../engine/protocol.ts';
import {participles} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import {typedBy} from '../../keys/names.ts';
import {keyWord} from '../../keys/words.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {changeBox, closeOverlay, openOverlay, say, scrollOverlay} from '../../state/transitions.ts';
import {needsUser} from '../../table/cancellation-words.ts';
import {liveJobsWords} from '../../table/job-count.ts';
import {questionPlace} from '../../table/layout.ts';
import {filteredMarks} from '../../table/new-matches.ts';
import {lastBoxScroll, sendWord} from '../../view-models/cancellation/cancel-question.ts';
import {canSend, isTyped, onlyMine, whyNotOnlyMine} from '../../view-models/cancellation/cancel-targets.ts';
import {questionArea, whyNotAnswer} from '../../view-models/overlays/open-question.ts';
import {
	type CommandContext,
	type CommandDefinition,
	type CommandQuestion,
	ignoredTogether,
} from '../command.ts';
import {typeText} from '../keys/typing.ts';
import {aboutCancellations, askEngine} from '../program/acts.ts';
import {scrollCommands, textSteps} from '../scrolling.ts';

const boxOf = ({state}: Pick<CommandQuestion, 'state'>): CancelBox | undefined => {
	const {overlay} = state.screen;
	return overlay?.kind === 'box' ? overlay : undefined;
};

const whyNotSend = (question: CommandQuestion): string | undefined => {
	const {state, now} = question;
	const box = boxOf(question);
	if (!box || !canSend(state, box))
		return `it has ended in the meantime: nothing to ${box?.operation ?? 'cancel'}`;
	// Keys in one event may be a paste that the terminal did not mark.
	if (question.together) return ignoredTogether;
	if (!isTyped(box)) return `type ${box.asks.text} first, then ${sendWord(state, box)}`;
	return whyNotAnswer(state, now);
};

/** What the key of the cancellations shows once these jobs are being cancelled. In the pane itself, they are in view. */
const whatFollows = (state: State, refs: readonly Ref[]): string => {
	const {screen, cancellations} = state;
	if (screen.pane === 'cancellations' && !screen.detail) return '';
	const key = keyWord(state, 'cancellations');
	const sent = new Set(refs);
	const needsFirst = cancellations.some(report => needsUser(report) && !sent.has(report.ref));
	if (needsFirst) return `; ${key} shows what needs you first`;
	return `; ${key} follows ${refs.length === 1 ? 'it' : 'them'}`;
};

/** Sends exactly the targets of the box. */
const send = (context: CommandContext) => {
	const {state, store} = context;
	const box = boxOf(context);
	if (!box) return;
	const {targets, force, operation} = box;
	const reason = box.reason.trim();
	const [first] = targets;
	if (!first) return;
	const one = targets.length === 1;
	const asked = force ? 'force-cancel requested' : `asked to ${operation}`;
	const who = one ? first.ref : liveJobsWords(targets);
	const refs = targets.map(({ref}) => ref);
	const word = `${asked} ${who}${whatFollows(state, refs)}`;
	const filtered = force ? undefined : filteredMarks(state, box);
	store.change(closeOverlay);
	const why = reason && {reason};
	const request: Intention =
		operation !== 'cancel'
			? {type: 'suspend', operation, targets, ...why}
			: force
				? {type: 'force', refs}
				: {type: 'cancel', targets, ...why};
	askEngine(store, request, {
		kind: force ? 'force' : operation,
		refs,
		meanwhile: `sending: ${who}`,
		word,
		about: aboutCancellations(state, refs, {during: 'on-its-way', text: word}),
		...(filtered && {filtered}),
	});
};

const keep = (context: CommandContext) => {
	const {operation = 'cancel'} = boxOf(context) ?? {};
	context.store.change(closeOverlay, say(`not ${participles[operation]}; nothing sent`));
};

const look = (context: CommandContext, view: 'list' | 'dry-run') => {
	const box = boxOf(context);
	if (!box) return;
	if (view === 'dry-run') {
		const refs = box.targets.map(({ref}) => ref);
		context.store.send({type: 'dry-run', asked: box.openedAt, operation: box.operation, refs});
	}
	context.store.change(changeBox({view, scroll: 0}));
};

const scroll = (context: CommandContext, by: number) => {
	const box = boxOf(context);
	if (!box) return;
	const last = lastBoxScroll(context.state, box, {
		...questionArea(context.state, box, context.now),
		now: context.now,
	});
	context.store.change(scrollOverlay(by, last));
};

const page = (context: CommandContext): number =>
	Math.max(1, Math.floor(questionPlace(context.state.screen).height / 2));

/** What the open question asks for. */
const operationOf = (state: State): string | undefined => boxOf({state})?.operation;

export const confirmingCommands: readonly CommandDefinition[] = [
	{
		id: 'send',
		label: 'send',
		hint: operationOf,
		help: 'Send exactly what the box shows, after you type what it asks for.',
		footer: 1,
		unavailable: whyNotSend,
		run: send,
	},
	{
		id: 'send-typed',
		label: 'send',
		hint: operationOf,
		help: 'Send exactly what the box shows, after you type the name of its protected profile; until then, the key is a letter of that name.',
		footer: 1,
		unavailable(question) {
			const box = boxOf(question);
			return box && isTyped(box) ? whyNotSend(question) : undefined;
		},
		run(context) {
			const box = boxOf(context);
			if (box && isTyped(box)) send(context);
			else typeText(context.store, (typedBy(context.key) ?? '').repeat(context.times));
		},
	},
	{
		id: 'send-nothing',
		label: 'nothing',
		help: 'Nothing: Enter never sends.',
		unavailable(question) {
			const box = boxOf(question);
			return box && `it sends nothing; type ${box.asks.text}, then ${sendWord(question.state, box)}`;
		},
		run: () => undefined,
	},
	{
		id: 'keep',
		label: 'keep',
		help: 'Close the box without sending anything.',
		footer: 2,
		run: keep,
	},
	{
		id: 'keep-counted',
		label: 'keep',
		help: 'Close the box without sending anything.',
		footer: 2,
		run: keep,
	},
	{
		id: 'keep-protected',
		label: 'keep',
		help: 'Close the box without sending anything.',
		footer: 2,
		run: keep,
	},
	...(['only-mine', 'only-mine-protected'] as const).map(
		(id): CommandDefinition => ({
			id,
			label: 'only mine',
			help: 'Leave out the jobs of other people; the box shows what is left, and what it asks for is typed again.',
			footer: 4,
			unavailable(question) {
				const box = boxOf(question);
				return box && whyNotOnlyMine(box);
			},
			run(context) {
				const {state, store, now} = context;
				const box = boxOf(context);
				if (box) store.change(openOverlay(onlyMine(state, box, now)));
			},
		}),
	),
	{
		id: 'list-targets',
		label: 'list',
		help: 'Open the list of every job in the request.',
		footer: 3,
		run: context => look(context, 'list'),
	},
	{
		id: 'dry-run',
		label: 'dry run',
		help: 'Test it: show every request without sending it.',
		footer: 4,
		run: context => look(context, 'dry-run'),
	},
	{
		id: 'reason',
		label: 'reason',
		help: 'Type a reason for the journal and the audit file; this does not send.',
		footer: 5,
		run: ({store}) => store.change(changeBox({view: 'reason'})),
	},
	{
		id: 'leave-reason',
		label: 'to the question',
		help: 'Go back to the question and keep the reason.',
		footer: 1,
		run: ({store}) => store.change(changeBox({view: 'answer'})),
	},
	{
		id: 'leave-list',
		label: 'to the question',
		help: 'Go back to the question.',
		footer: 1,
		run: ({store}) => store.change(changeBox({view: 'answer'})),
	},
	...scrollCommands(textSteps('list', 2), {page, scroll}),
];
