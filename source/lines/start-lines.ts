/*
The program without a screen: plain lines, for screen readers and for terminals that cannot move the cursor. It prints the list once and then events, and reads whole lines as commands.
*/

import type {Host, QuitHow} from '../commands/command.ts';
import {commands} from '../commands/commands.ts';
import {detailSentences, runLine} from '../commands/keys/typed-lines.ts';
import {cleanText} from '../job/clean-text.ts';
import type {Clock} from '../process/clock.ts';
import type {State} from '../state/state.ts';
import {shareRows, showInFull} from '../state/transitions.ts';
import type {JobStore} from '../store/store.ts';
import {safeText} from '../text/width.ts';
import {createBatchNews} from '../view-models/cancellation/batch-ends.ts';
import {createTelling} from '../view-models/spoken/changes.ts';
import {questionSentences} from '../view-models/spoken/question.ts';

export type LinesOptions = {
	readonly store: JobStore;
	readonly clock: Clock;
	readonly ascii: boolean;
	readonly write: (text: string) => void;
	/** The input for commands; absent if nothing is read. */
	readonly input?: NodeJS.ReadableStream;
	readonly quit: (how: QuitHow) => void;
	/** A line was typed. */
	readonly attend?: () => void;
};

export type RunningLines = {readonly stop: () => void};

/** A question appears only after this many milliseconds without input, so that no line answers a question that nobody can have read. */
const quietMs = 200;

/** A page without limits: nothing has to fit. */
const page = {columns: 200, rows: 10_000};

/** The longest printed line, in UTF-16 units. */
const longestLine = 20_000;

export const startLines = ({
	store,
	clock,
	ascii,
	write,
	input,
	quit,
	attend = () => undefined,
}: LinesOptions): RunningLines => {
	const host: Host = {
		quit,
		// There is no screen.
		suspend: () => undefined,
		redraw: () => undefined,
		copy: () => undefined,
		page: () => undefined,
		// The lines that are typed are jobtop's: the program gets no terminal.
		logIn: profile => store.send({type: 'log-in', profile}),
	};
	const say = (lines: readonly string[]) => {
		if (lines.length === 0) return;
		write(lines.map(line => `${safeText(cleanText(line, longestLine), ascii)}\n`).join(''));
	};
	const telling = createTelling(clock.now());
	const newsOf = createBatchNews(store.getState().known);
	let asking: (() => void) | undefined;
	let dropped = 0;
	let stopTicking: () => void = () => undefined;

	const tell = () => {
		const state = store.getState();
		const now = clock.now();
		say(telling(state, now));
		const {known, screen} = state;
		if (newsOf(known).length > 0 && known.settings.notify === 'bell') write('\u0007');
		const detail = detailSentences({state, now, ascii});
		if (detail.length > 0 && screen.detail) {
			store.change(showInFull(undefined));
			store.send({type: 'inspect'});
			say(detail);
		}
	};

	const ask = () => {
		asking = undefined;
		const state = store.getState();
		const {overlay} = state.screen;
		if (overlay?.kind !== 'box') return;
		if (dropped > 0) say([`${dropped} more arrived with that line and was ignored`]);
		dropped = 0;
		say(questionSentences(state, overlay, clock.now(), ascii));
	};

	const take = (line: string) => {
		attend();
		if (asking) {
			dropped++;
			asking();
			asking = clock.after(quietMs, ask);
			return;
		}
		const state = store.getState();
		const before = targetsOf(state);
		say(runLine({state, now: clock.now(), store, host, commands, ascii}, line));
		const now = targetsOf(store.getState());
		if (now && now !== before) asking = clock.after(quietMs, ask);
	};

	let rest = '';
	const read = (piece: Buffer | string) => {
		const parts = (rest + piece.toString()).split('\n');
		rest = parts.pop() ?? '';
		for (const line of parts) take(line);
	};
	const end = () => quit('asked');

	const tick = () => {
		tell();
		stopTicking = clock.after(1000, tick);
	};

	store.resize(page);
	store.change(shareRows(false));
	if (input) say(['jobtop in lines; type help for the commands']);
	const stopListening = store.subscribe(tell);
	tick();
	input?.setEncoding('utf8');
	input?.on('data', read);
	input?.once('end', end);
	return {
		stop() {
			stopListening();
			stopTicking();
			asking?.();
			input?.off('data', read);
			input?.off('end', end);
			input?.pause();
		},
	};
};

/** The targets of the open question. */
const targetsOf = ({screen: {overlay}}: State) => (overlay?.kind === 'box' ? overlay.targets : undefined);
