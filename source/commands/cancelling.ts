import type {Job} from '../job/job.ts';
import {phases} from '../job/phase.ts';
import {canSend, fitsBox} from '../view-models/cancel-box.ts';
import {count} from '../view-models/format.ts';
import {boxColumns, overlayPlace} from '../view-models/layout.ts';
import {
	askedThere,
	profileOf,
	subjectOf,
	targetOf,
	unsettledCursor,
	whyNotCancel,
} from '../view-models/subject.ts';
import type {Command, CommandContext, CommandQuestion} from './command.ts';

const subjectJob = ({state}: CommandQuestion): Job | undefined => {
	const ref = subjectOf(state);
	return ref === undefined ? undefined : state.known.jobs.byRef.get(ref);
};

/** Opens the question about this job; its target is frozen here. */
const openBox = (context: CommandContext) => {
	const job = subjectJob(context);
	if (!job) return;
	const {protect} = profileOf(context.state, job.ref) ?? {};
	const box = {kind: 'box', target: targetOf(job), openedAt: context.now} as const;
	context.store.change({overlay: protect ? {...box, typed: ''} : box});
};

const boxOf = ({state}: CommandQuestion) => {
	const {overlay} = state.screen;
	return overlay?.kind === 'box' ? overlay : undefined;
};

const whyNotSend = (context: CommandQuestion): string | undefined => {
	const {state, now} = context;
	const box = boxOf(context);
	if (!box || !canSend(state, box)) return 'it has ended meanwhile: there is nothing to cancel';
	const {width, height} = overlayPlace(state.screen, state.cancellations.length > 0, boxColumns);
	const fits = fitsBox(state, box, now, width, height);
	return fits ? undefined : 'this screen is too small to show what would be sent';
};

const sendBox = (context: CommandContext) => {
	const box = boxOf(context);
	if (!box) return;
	context.store.send({type: 'cancel', targets: [box.target]});
	context.store.change({overlay: undefined, word: `asked to cancel ${box.target.ref}; C follows it`});
};

const keep = ({store}: CommandContext) => store.change({overlay: undefined, word: 'kept: nothing was sent'});

const whyNotDismiss = (context: CommandQuestion): string | undefined => {
	const {state, now} = context;
	const unsettled = unsettledCursor(state, now);
	if (unsettled) return unsettled;
	const job = subjectJob(context);
	if (!job) return 'there is no job here';
	if (job.terminal) return state.known.dismissed.has(job.ref) ? 'it is dismissed already' : undefined;
	const whyNot = whyNotCancel(state, job.ref, now);
	if (profileOf(state, job.ref)?.cancelIsDismiss) return whyNot;
	return `still ${phases[job.phase].label.toLowerCase()}${whyNot ? '' : ': c cancels it'}`;
};

const hide = ({state, store}: CommandContext, jobs: readonly Job[]) => {
	const refs = jobs.map(({ref}) => ref);
	store.hide(refs, true);
	store.send({type: 'dismiss', refs});
	store.change({
		dismissals: [...state.screen.dismissals, refs],
		word: `dismissed ${jobs.length === 1 ? refs[0] : count(jobs.length, 'job')}; u brings ${jobs.length === 1 ? 'it' : 'them'} back${askedThere(state, refs)}`,
	});
};

const dismiss = (context: CommandContext) => {
	const job = subjectJob(context);
	if (!job) return;
	if (!job.terminal) return openBox(context);
	hide(context, [job]);
	const {screen} = context.store.getState();
	if (!screen.detail) return;
	// The detail goes on to the job that took its place.
	const next = screen.pane === 'table' ? screen.cursor.ref : undefined;
	context.store.change({detail: next === undefined ? undefined : {...screen.detail, ref: next, scroll: 0}});
	context.store.send({type: 'inspect', ...(next !== undefined && {ref: next})});
};

const endedInView = ({state: {order, known}}: CommandQuestion): readonly Job[] =>
	order.inView.map(job => known.jobs.byRef.get(job.ref) ?? job).filter(({terminal}) => terminal);

export const cancellingCommands: readonly Command[] = [
	{
		id: 'cancel',
		scopes: ['table', 'detail', 'cancellations'],
		keys: ['c'],
		label: 'cancel',
		help: 'Cancel this job; a box names it first, and nothing is sent before y.',
		footer: 2,
		action: 4,
		unavailable: ({state, now}) => unsettledCursor(state, now) ?? whyNotCancel(state, subjectOf(state), now),
		run: openBox,
	},
	{
		id: 'send',
		scopes: ['box'],
		keys: ['y'],
		label: 'send it',
		help: 'Send exactly what the box shows.',
		footer: 1,
		unavailable: whyNotSend,
		run: sendBox,
	},
	{
		id: 'send-typed',
		scopes: ['typed-box'],
		keys: ['enter'],
		label: 'send it',
		help: 'Send exactly what the box shows, once the name of its protected profile is typed.',
		footer: 1,
		unavailable(context) {
			const box = boxOf(context);
			const name = box && profileOf(context.state, box.target.ref)?.name;
			return box?.typed === name
				? whyNotSend(context)
				: `type ${name}, the name of this protected profile, first`;
		},
		run: sendBox,
	},
	{
		id: 'untype',
		scopes: ['typed-box'],
		keys: ['backspace', 'ctrl+h'],
		label: 'untype',
		help: 'Take the last letter back.',
		run(context) {
			const {store, times} = context;
			const box = boxOf(context);
			if (box) store.change({overlay: {...box, typed: box.typed?.slice(0, -times) ?? ''}});
		},
	},
	{
		id: 'keep-protected',
		scopes: ['typed-box'],
		keys: ['escape'],
		label: 'keep it',
		help: 'Keep the job: nothing is sent.',
		footer: 2,
		run: keep,
	},
	{
		id: 'keep',
		scopes: ['box'],
		keys: ['n', 'escape', 'enter', 'q'],
		label: 'keep it',
		help: 'Keep the job: nothing is sent.',
		footer: 2,
		run: keep,
	},
	{
		id: 'dismiss',
		scopes: ['table', 'detail'],
		keys: ['d'],
		label: 'dismiss',
		help: 'Hide this ended job, on its server too where that can be undone (Tapis). Where a system calls cancelling dismiss, on a live job as c.',
		footer: 4,
		action: 6,
		unavailable: whyNotDismiss,
		run: dismiss,
	},
	{
		id: 'dismiss-ended',
		scopes: ['table'],
		keys: ['D'],
		label: 'dismiss all ended',
		help: 'Hide every ended job in view.',
		unavailable: context => (endedInView(context).length > 0 ? undefined : 'no job in view has ended'),
		run: context => hide(context, endedInView(context)),
	},
	{
		id: 'undo',
		scopes: ['table', 'detail'],
		keys: ['u'],
		label: 'undo',
		help: 'Bring back what was dismissed last.',
		unavailable: ({state}) => (state.screen.dismissals.length > 0 ? undefined : 'nothing was dismissed'),
		run({state, store}) {
			const {dismissals} = state.screen;
			const refs = dismissals.at(-1) ?? [];
			store.hide(refs, false);
			store.send({type: 'restore', refs});
			store.change({
				dismissals: dismissals.slice(0, -1),
				word: `${refs.length === 1 ? refs[0] : count(refs.length, 'job')} brought back${askedThere(state, refs)}`,
			});
		},
	},
];
