import type {CommandId} from '../../keys/bindings.ts';
import type {MouseReport} from '../../keys/mouse.ts';
import type {State} from '../../state/state.ts';
import {chooseEntry, pressed} from '../../state/transitions.ts';
import {usesMouse} from '../../table/mouse.ts';
import {mouseTarget} from '../../view-models/frame/mouse-target.ts';
import type {CommandContext} from '../command.ts';
import {scrollDetails, showTab} from '../detail/looking.ts';
import {overlayEntryAt} from '../overlay-view.ts';
import {closeRange} from '../program/acts.ts';
import {goToRow} from '../table/moving.ts';
import {sortByTitle} from '../table/narrowing.ts';
import type {Keyboard} from './keyboard.ts';

/** Rows or lines of one step of the wheel. */
const wheelLines = 3;

type Direction = 'up' | 'down';

/** The command whose repetition scrolls what the wheel is over. Only `detail` has none by lines. */
const scrollerOf = (state: State, report: MouseReport, way: Direction): CommandId | 'detail' | undefined => {
	const {overlay, detail} = state.screen;
	switch (overlay?.kind) {
		case undefined:
			break;
		case 'menu':
		case 'actions':
		case 'copies':
		case 'profiles':
		case 'help':
			return `${overlay.kind}-${way}`;
		default:
			return undefined;
	}
	const target = mouseTarget(state, report);
	if (target?.part === 'detail') return detail?.tab === 'logs' ? `log-${way}` : 'detail';
	return target && way;
};

const turnWheel = (context: CommandContext, report: MouseReport) => {
	const way = report.action === 'wheel-up' ? 'up' : 'down';
	const scroller = scrollerOf(context.state, report, way);
	if (scroller === 'detail') return scrollDetails(context, way === 'up' ? -wheelLines : wheelLines);
	context.commands.find(({id}) => id === scroller)?.run({...context, times: wheelLines});
};

const click = (context: CommandContext, report: MouseReport) => {
	const {state} = context;
	if (state.screen.overlay) {
		const entry = overlayEntryAt(state, report, context.now);
		if (entry !== undefined) context.store.change(chooseEntry(entry));
		return;
	}
	const target = mouseTarget(state, report);
	switch (target?.part) {
		case 'list':
			return target.index === undefined ? undefined : goToRow(context, target.index);
		case 'title':
			closeRange(context.store);
			return sortByTitle(context, target.id);
		case 'detail':
			if (target.tab === undefined || target.tab === state.screen.detail?.tab) return;
			closeRange(context.store);
			return showTab(context, target.tab);
		case undefined:
			return;
	}
};

/** Does what a click or the wheel means: it moves a cursor or scrolls, and does nothing while a question is open or text is typed. It answers nothing and sends nothing to a job system. */
export const point = ({commandsOf, store, host, clock}: Keyboard, report: MouseReport): void => {
	if (!usesMouse(store.getState())) return;
	const now = clock.now();
	store.change(pressed(now, false));
	const state = store.getState();
	const context = {state, now, key: '', times: 1, store, host, commands: commandsOf(state)};
	if (report.action === 'click') click(context, report);
	else turnWheel(context, report);
};
