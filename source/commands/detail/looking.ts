import {parseRef} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {DetailTab} from '../../state/screen.ts';
import {
	freeze,
	listOutcomes,
	openOverlay,
	say,
	scrollDetail,
	showBatch,
	showPane,
	thaw,
} from '../../state/transitions.ts';
import {isOnItsWay} from '../../table/cancellation-words.ts';
import {askedPoll} from '../../table/polls.ts';
import {needyBatch} from '../../table/runs.ts';
import {foldOf, noJobHere, profileOf, subjectOf} from '../../table/subject.ts';
import {count} from '../../text/format.ts';
import {detailTabs, detailText, lastScroll} from '../../view-models/detail/detail.ts';
import {relatedOf} from '../../view-models/detail/related.ts';
import {whyNoResults} from '../../view-models/detail/results.ts';
import {isUnconfigured} from '../../view-models/table/empty.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';
import {aboutCancellations} from '../program/acts.ts';
import {turnFold} from '../table/folding.ts';
import {openFrom, showDetail} from './show-detail.ts';

const turn = ({state, store}: CommandContext, by: number) => {
	const {detail} = state.screen;
	if (!detail) return;
	const place = (detailTabs.indexOf(detail.tab) + by + detailTabs.length * 2) % detailTabs.length;
	showTab({state, store}, detailTabs[place] ?? detail.tab);
};

/** Shows this tab of the open details from its beginning. */
export const showTab = ({state, store}: Pick<CommandContext, 'state' | 'store'>, tab: DetailTab): void => {
	const {detail} = state.screen;
	if (detail) showDetail(store, {...detail, tab, scroll: 0});
};

/** Lines that a page key scrolls. */
const scrollLines = ({state}: CommandContext): number =>
	Math.max(1, Math.floor(state.screen.size.rows / 2) - 3);

/** Scrolls the details by this many lines. */
export const scrollDetails = (
	{state, store, now}: Pick<CommandContext, 'state' | 'store' | 'now'>,
	by: number,
): void => {
	const {detail} = state.screen;
	if (!detail) return;
	const to = Math.max(0, Math.min(lastScroll(state, now), detail.scroll + by));
	store.change(scrollDetail(to));
};

/** Sorts in new rows that wait at the end. Returns the words about it. */
const sortIn = (store: CommandContext['store']): string => {
	const {order} = store.getState();
	const {length} = order.newcomers;
	if (order.waiting.size > 0) store.sortIn();
	return length > 0 ? `; ${count(length, 'new job')} sorted in` : '';
};

/** Says that this profile is polled, or all, until that is over. */
const sayPolling = ({state, store}: Pick<CommandContext, 'state' | 'store'>, profile?: string) => {
	const {profiles, words} = askedPoll(state.known, profile);
	const sorted = state.known.profiles.length === 0 ? '' : sortIn(store);
	const about = profiles.length === 0 ? undefined : ({kind: 'polls', profiles: new Set(profiles)} as const);
	store.change(say(`${words}${sorted}`, about));
};

/** Intervals to choose from, in milliseconds. */
const intervals: ReadonlyMap<string, number> = new Map([
	...[1, 2, 5, 10, 15, 30].map(seconds => [`${seconds}s`, seconds * 1000] as const),
	...[1, 2, 5].map(minutes => [`${minutes}m`, minutes * 60_000] as const),
]);

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** What an interval can be, if the text is a time or a number. */
const rangeOfIntervals = (text: string): string | undefined => {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|[smhd])?$/.exec(text) ?? [];
	if (number === undefined) return undefined;
	if (unit === undefined) return `${text} needs a unit, such as 10s or 2m`;
	const ms = Number(number) * (unitMs[unit] ?? 1);
	if (ms < 1000) return `${text} is too short; it must be at least 1s`;
	if (ms > 300_000) return `${text} is too long; it must be at most 5m`;
	return `choose one of ${[...intervals.keys()].join(', ')}`;
};

export const lookingCommands: readonly CommandDefinition[] = [
	{
		id: 'inspect',
		label: 'inspect',
		help: 'Show the details of this job: summary, timeline, log, results, raw record. On a row of several jobs: open or close it. Without any profile: show the demo.',
		footer: 1,
		unavailable: ({state}) =>
			subjectOf(state) === undefined && !foldOf(state) && !isUnconfigured(state)
				? 'there is no job here'
				: undefined,
		run({state, store, host}) {
			if (isUnconfigured(state)) return host.quit('demo');
			const ref = subjectOf(state);
			// A row of several jobs has no details: it opens instead.
			if (ref === undefined) return turnFold({state, store});
			const tab = state.screen.pane === 'cancellations' ? 'timeline' : 'summary';
			showDetail(store, {ref, tab, scroll: 0});
		},
	},
	{
		id: 'results',
		label: 'results',
		help: 'Show the results of this job.',
		unavailable({state}) {
			const ref = subjectOf(state);
			if (ref === undefined) return noJobHere(state);
			const profile = profileOf(state, ref);
			return whyNoResults(profile, state.known.jobs.byRef.get(ref));
		},
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			const {detail} = state.screen;
			showDetail(store, {...(detail ?? {ref}), tab: 'results', scroll: 0});
		},
	},
	{
		id: 'raw',
		label: 'raw record',
		help: 'Show the raw record of this job from its system.',
		unavailable: ({state}) => (subjectOf(state) === undefined ? noJobHere(state) : undefined),
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			const {detail} = state.screen;
			showDetail(store, {...(detail ?? {ref}), tab: 'raw', scroll: 0});
		},
	},
	{
		id: 'next-tab',
		label: 'next tab',
		help: 'Show the next tab.',
		footer: 1,
		run: context => turn(context, context.times),
	},
	{
		id: 'previous-tab',
		label: 'previous tab',
		help: 'Show the previous tab.',
		run: context => turn(context, -(context.times % detailTabs.length)),
	},
	{
		id: 'scroll-down',
		label: 'scroll',
		help: 'Scroll the text down.',
		footer: 3,
		run: context => scrollDetails(context, context.times * scrollLines(context)),
	},
	{
		id: 'scroll-up',
		label: 'scroll up',
		help: 'Scroll the text up.',
		run: context => scrollDetails(context, -context.times * scrollLines(context)),
	},
	{
		id: 'close-detail',
		label: 'close',
		help: 'Go back to the list, or to the job that you came from.',
		footer: 5,
		run: ({state, store}) => showDetail(store, state.screen.detail?.from),
	},
	{
		id: 'open-related',
		label: 'open part',
		help: 'Open a child or the parent of this job.',
		unavailable({state}) {
			const {parent, children} = relatedOf(state);
			return parent || children.length > 0 ? undefined : 'it has no child jobs or parent';
		},
		run({state, store}) {
			const {parent, children} = relatedOf(state);
			const [only] = children;
			if (parent && !only) openFrom(store, parent);
			else if (only && children.length === 1 && !parent) openFrom(store, only.ref);
			else store.change(openOverlay({kind: 'menu', menu: 'related', index: 0}));
		},
	},
	{
		id: 'page-text',
		label: 'pager',
		help: 'Read the log or the raw record in $PAGER, or in less.',
		unavailable: ({state}) =>
			detailText(state) ? undefined : 'only the log and the raw record open in a pager',
		run: ({state, host}) => host.page(detailText(state) ?? ''),
	},
	{
		id: 'cancellations',
		label: 'cancellations',
		help: 'Show the cancellations: first the batch and the jobs that need you.',
		footer: 3,
		unavailable: ({state}) =>
			state.cancellations.length > 0 || state.known.waiting.length > 0
				? undefined
				: 'nothing was cancelled yet',
		run({state, store}) {
			if (state.screen.detail) showDetail(store, undefined);
			const batch = needyBatch(state);
			// A filter must not hide what needs the user.
			const listed = state.screen.pane === 'cancellations' ? [] : [listOutcomes(undefined)];
			const turned = batch === undefined ? [] : [showBatch(batch)];
			store.change(showPane('cancellations'), ...listed, ...turned);
		},
	},
	{
		id: 'unfollow',
		label: 'stop following',
		help: 'Stop following the cancellation of this job; the journal records that.',
		unavailable({state}) {
			const ref = subjectOf(state);
			if (ref === undefined) return 'there is no job here';
			return isOnItsWay(state.known.cancellations.get(ref)) ? undefined : 'it is not being cancelled';
		},
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref === undefined) return;
			const refs = [ref];
			const text = `unfollowing ${ref}; requests already sent may still end it`;
			store.send({type: 'unfollow', refs});
			store.change(say(text, aboutCancellations(state, refs, {during: 'on-its-way', text})));
		},
	},
	{
		id: 'refresh',
		label: 'refresh',
		help: 'Poll the profile of this job now, with its credential read again, and sort in new rows.',
		run({state, store}) {
			const ref = subjectOf(state);
			const about = ref ?? foldOf(state)?.parent;
			const profile = (about && parseRef(about)?.profile) ?? state.screen.only;
			store.send({type: 'refresh', ...(profile && {profile})});
			sayPolling({state, store}, profile);
		},
	},
	{
		id: 'refresh-all',
		label: 'refresh all',
		help: 'Poll all profiles now.',
		run({state, store}) {
			store.send({type: 'refresh'});
			sayPolling({state, store});
		},
	},
	{
		id: 'freeze',
		label: 'freeze',
		help: 'Freeze the table, or unfreeze it. jobtop still follows cancellations, and looks at each job before it sends a request.',
		run({state, store, now}) {
			if (state.screen.frozenAt !== undefined) return store.change(thaw, say('unfrozen'));
			const word = `frozen until ${keyWord(state, 'freeze')}; jobtop still follows cancellations`;
			store.change(freeze(now), say(word));
		},
	},
	{
		id: 'longer-interval',
		label: 'less often',
		help: 'Poll every profile less often until you quit.',
		run({store}) {
			store.send({type: 'interval', to: 'longer'});
			store.change(say('polling every profile less often'));
		},
	},
	{
		id: 'shorter-interval',
		label: 'more often',
		help: 'Poll every profile more often, at most once a second, until you quit.',
		run({store}) {
			store.send({type: 'interval', to: 'shorter'});
			store.change(say('polling every profile more often'));
		},
	},
	{
		id: 'interval',
		label: 'interval',
		help: 'Poll every profile at this interval until you quit.',
		byName: {
			argument: {what: 'time', needed: true, choices: () => [...intervals.keys()], range: rangeOfIntervals},
		},
		run({store, argument = ''}) {
			const to = intervals.get(argument);
			if (to === undefined) return;
			store.send({type: 'interval', to});
			store.change(say(`polling every profile every ${argument}`));
		},
	},
];
