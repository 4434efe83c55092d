/*
What keys do: the registry, the names of keys, and what is refused with which word.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type OutcomeKind, outcomes} from '../../source/cancellation/outcomes.ts';
import {actionsOf} from '../../source/commands/actions.ts';
import {type Host, scopeOf} from '../../source/commands/command.ts';
import {commands, commandsOf} from '../../source/commands/commands.ts';
import {paste, pressAll} from '../../source/commands/keys/dispatch.ts';
import {footerHints, helpSections, keyTable} from '../../source/commands/keys/help.ts';
import {notifyOfBatches} from '../../source/components/notify.ts';
import type {CancellationReport, Intention, ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {commandIds} from '../../source/keys/bindings.ts';
import {keysIn} from '../../source/keys/names.ts';
import {openOverlay} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {needsUser} from '../../source/table/cancellation-words.ts';
import {unicodeGlyphs} from '../../source/text/theme.ts';
import {openCancelBox, repeatWords} from '../../source/view-models/cancellation/cancel-targets.ts';
import {paneHead} from '../../source/view-models/cancellation/cancellations-pane.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const open = (
	rows: readonly Job[] = [job('a/1'), job('a/2', {createdAt: start - 90_000})],
	{info = {}, readOnly = false}: {info?: Partial<ProfileInfo>; readOnly?: boolean} = {},
) => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const told: string[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	const host: Host = {
		quit: how => told.push(`quit ${how}`),
		suspend: () => told.push('suspend'),
		redraw: () => told.push('redraw'),
		copy: text => told.push(`copy ${text}`),
		page: text => told.push(`page ${text}`),
		logIn: profile => told.push(`log in ${profile}`),
	};
	const keyboard = {commandsOf, store, host, clock};
	store.receive([hello([profile('a', info), profile('b')], {readOnly}), jobs(...rows)]);
	return {
		store,
		sent,
		told,
		advance,
		/** Every string is one input event. */
		press(...inputs: readonly string[]) {
			for (const input of inputs) {
				const named = {'<esc>': {escape: true}, '<enter>': {return: true}, '<backspace>': {backspace: true}}[
					input
				];
				pressAll(keyboard, named ? keysIn('', named) : keysIn(input, {}));
			}
		},
		ctrl: (letter: string) => pressAll(keyboard, keysIn(letter, {ctrl: true})),
		paste: (text: string) => paste(keyboard, text),
		screen: () => store.getState().screen,
		cancels: () => sent.filter(({type}) => type === 'cancel'),
	};
};

test('every binding has its command, and every id is used once', () => {
	assert.deepEqual(commands.map(({id}) => id).sort(), [...commandIds].sort());
});

test('no key has two meanings in one scope, or in a scope and globally', () => {
	const owners = new Map<string, string>();
	for (const {id, scopes, keys} of commands) {
		for (const scope of scopes) {
			for (const key of keys) {
				for (const place of scope === 'anywhere'
					? new Set([...commands.flatMap(each => each.scopes)])
					: [scope]) {
					const before = owners.get(`${place} ${key}`);
					assert.equal(before, undefined, `${key} means ${before} and ${id} in ${place}`);
					owners.set(`${place} ${key}`, id);
				}
			}
		}
	}
});

test('every id is unique, and every command has a help sentence', () => {
	assert.equal(new Set(commands.map(({id}) => id)).size, commands.length);
	for (const {id, help, label} of commands) {
		assert.match(help, /^[A-Z].*\.$/, id);
		assert.ok(label.length <= 18, id);
	}
});

test('no destructive command is on Enter, Delete, Backspace, digits or Ctrl', () => {
	for (const id of ['cancel', 'send', 'dismiss', 'dismiss-ended']) {
		const keys = commands.find(command => command.id === id)?.keys ?? [];
		for (const key of keys) assert.doesNotMatch(key, /enter|delete|backspace|\d|ctrl/, id);
	}
});

test('the confirming key differs from the asking key, ignoring case', () => {
	const keysOf = (id: string) =>
		commands.find(command => command.id === id)?.keys.map(key => key.toLowerCase());
	assert.deepEqual(
		keysOf('send')?.filter(key => keysOf('cancel')?.includes(key)),
		[],
	);
});

test('help, footer and table know every command', () => {
	const ids = new Set(helpSections(commands).flatMap(({entries}) => entries.map(({id}) => id)));
	for (const {id} of commands) assert.ok(ids.has(id), id);
	assert.equal(keyTable(commands).split('\n').length, commands.length + 2);
	for (const row of keyTable(commands).split('\n')) assert.equal(row.match(/(?<!\\)\|/g)?.length, 5, row);
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.receive([hello([profile('hpc')]), {type: 'health', health: health('hpc')}, jobs(job('hpc/1'))]);
	store.change(openOverlay(openCancelBox(store.getState(), [job('hpc/1')], start)));
	assert.deepEqual(footerHints(commands, store.getState(), start).slice(0, 2), ['y cancel', 'n keep']);
});

test('keys of one event are separated, and repetitions of one key are one press', () => {
	assert.deepEqual(keysIn('jjj', {}), [{key: 'j', times: 3}]);
	assert.deepEqual(
		keysIn('jkc\r', {}).map(({key}) => key),
		['j', 'k', 'c', 'enter'],
	);
	assert.deepEqual(keysIn('q', {meta: true}), [], 'with Alt it is another key');
	assert.deepEqual(keysIn('', {upArrow: true}), [{key: 'up', times: 1}]);
	assert.deepEqual(keysIn('', {tab: true, shift: true}), [{key: 'shift+tab', times: 1}]);
	assert.deepEqual(keysIn('c', {ctrl: true}), [{key: 'ctrl+c', times: 1}]);
});

test('jjj is one move of three, in one update', () => {
	const opened = open(Array.from({length: 9}, (_, index) => job(`a/${index}`)));
	let updates = 0;
	opened.store.subscribe(() => updates++);
	opened.press('jjj');
	assert.equal(opened.screen().cursor.ref, 'a/3');
	assert.equal(updates, 1);
});

test('c asks and y sends exactly what the box showed', () => {
	const opened = open();
	opened.press('c', 'y');
	assert.deepEqual(opened.cancels(), [
		{
			type: 'cancel',
			targets: [
				{ref: 'a/1', name: 'name-1', phase: 'running', status: 'RUNNING', submittedAt: start - 60_000},
			],
		},
	]);
	assert.equal(opened.screen().overlay, undefined);
});

for (const key of ['<esc>', 'n', '<enter>', 'q']) {
	test(`${key} in the box keeps the job`, () => {
		const opened = open();
		opened.press('c', key);
		assert.deepEqual(opened.cancels(), []);
		assert.equal(opened.screen().overlay, undefined);
		assert.deepEqual(opened.told, []);
	});
}

test('keys that arrive together with the key that opens a box never answer it', () => {
	const opened = open();
	opened.press('cy');
	assert.deepEqual(opened.cancels(), []);
	assert.equal(opened.screen().overlay?.kind, 'box');
	opened.press('<esc>', 'jcyyy');
	assert.deepEqual(opened.cancels(), []);
});

test('no single input event ever cancels anything', () => {
	fc.assert(
		fc.property(fc.string({unit: fc.constantFrom(...'cydDjkun\r /sfC'), maxLength: 12}), input => {
			const opened = open();
			opened.press(input);
			assert.deepEqual(opened.cancels(), []);
		}),
	);
});

test('whatever is pressed, jobtop only sends what a box showed', () => {
	const keys = [
		'c',
		'y',
		'n',
		'j',
		'k',
		'd',
		'u',
		'C',
		's',
		'S',
		'/',
		'<enter>',
		'<esc>',
		'q',
		'1',
		'0',
		'f',
		']',
	];
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...keys), {maxLength: 40}), pressed => {
			const opened = open();
			for (const key of pressed) {
				const {overlay} = opened.screen();
				const before = opened.cancels().length;
				opened.press(key);
				const sent = opened.cancels().slice(before);
				if (sent.length === 0) continue;
				assert.equal(key, 'y');
				assert.ok(overlay?.kind === 'box');
				assert.deepEqual(sent, [{type: 'cancel', targets: overlay.targets}]);
			}
		}),
	);
});

test('the box keeps its job whatever happens to the list', () => {
	const opened = open();
	opened.press('c');
	opened.store.receive([{type: 'jobs', upserts: [job('b/9', {createdAt: start})], removes: ['a/1']}]);
	opened.press('y');
	assert.deepEqual(
		opened.cancels().map(intention => intention.type === 'cancel' && intention.targets.map(({ref}) => ref)),
		[['a/1']],
	);
});

test('a job that ended while the box was open is not cancelled', () => {
	const opened = open();
	opened.press('c');
	opened.store.receive([jobs(job('a/1', {phase: 'succeeded'}))]);
	opened.press('y');
	assert.deepEqual(opened.cancels(), []);
	assert.match(opened.screen().word ?? '', /nothing to cancel/);
});

test('after the row under the cursor changed by itself, c and d are refused for a second', async () => {
	const opened = open();
	opened.press('g');
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	for (const key of ['c', 'd']) {
		opened.press(key);
		assert.match(opened.screen().word ?? '', /the row under the cursor changed; look again/);
		assert.equal(opened.screen().overlay, undefined);
	}
	await opened.advance(1000);
	opened.press('c');
	assert.equal(opened.screen().overlay?.kind, 'box');
});

const refusals: readonly (readonly [
	title: string,
	opened: () => ReturnType<typeof open>,
	key: string,
	word: RegExp,
])[] = [
	['an ended job', () => open([job('a/1', {phase: 'failed'})]), 'c', /has ended: failed/],
	['no job', () => open([]), 'c', /no job here/],
	['a read-only jobtop', () => open(undefined, {readOnly: true}), 'c', /read-only/],
	[
		'a backend that cannot',
		() => open(undefined, {info: {can: {...profile('a').can, cancel: false}}}),
		'c',
		/no way to cancel/,
	],
	[
		'a cancellation on its way',
		() => {
			const opened = open();
			opened.store.receive([{type: 'cancellations', reports: [report('a/1', {step: 'checking'})]}]);
			return opened;
		},
		'c',
		/already being cancelled: checking/,
	],
	[
		'a live job, deleted',
		() => {
			const opened = open(undefined, {info: {can: {...profile('a').can, delete: true}}});
			opened.press('x');
			return opened;
		},
		'#',
		/still running: cancel it first/,
	],
	[
		'a deletion where there is none',
		() => {
			const opened = open([job('a/1', {phase: 'failed'})]);
			opened.press('x');
			return opened;
		},
		'#',
		/Slurm has no way to delete a job/,
	],
	['a live job, dismissed', () => open(), 'd', /still running: c cancels it/],
	['nothing to undo', () => open(), 'u', /nothing to undo/],
	['a profile that is not there', () => open(), '7', /no profile 7/],
	['cancellations where there are none', () => open(), 'C', /nothing was cancelled/],
];
for (const [title, opening, key, word] of refusals) {
	test(`refused with the reason: ${title}`, () => {
		const opened = opening();
		const {overlay} = opened.screen();
		opened.press(key);
		assert.match(opened.screen().word ?? '', word);
		assert.equal(opened.screen().overlay, overlay);
		assert.deepEqual(opened.sent, []);
	});
}

test('a failed cancellation can be retried', () => {
	const opened = open();
	const outcome = {kind: 'not-sent' as const};
	opened.store.receive([{type: 'cancellations', reports: [report('a/1', {step: 'settled', outcome})]}]);
	opened.press('c', 'y');
	assert.equal(opened.cancels().length, 1);
});

test('a request is confirmed once the engine has accepted it, and not before', () => {
	const opened = open();
	const word = () => opened.screen().word;
	opened.press('c', 'y');
	assert.equal(word(), 'sending: a/1');
	// Something else that happens to the job is no answer.
	opened.store.receive([{type: 'cancellations', reports: [report('a/1', {step: 'asked'})]}]);
	assert.equal(word(), 'sending: a/1');
	opened.store.receive([{type: 'asked', kind: 'cancel', refs: ['a/1'], taken: true}]);
	assert.match(word() ?? '', /^asked to cancel a\/1; C follows it$/);

	// Where its journal cannot be written a notice says so, and nothing is said to be asked.
	const full = open();
	full.press('c', 'y');
	full.store.receive([{type: 'asked', kind: 'cancel', refs: ['a/1'], taken: false}]);
	assert.equal(full.screen().word, undefined);

	// The answer to a later key stands.
	const later = open();
	later.press('c', 'y', 'j');
	const after = later.screen().word;
	later.store.receive([{type: 'asked', kind: 'cancel', refs: ['a/1'], taken: true}]);
	assert.equal(later.screen().word, after);
	assert.deepEqual(later.screen().awaited, []);
});

test('a dismissal that cannot be saved is not confirmed', () => {
	const opened = open([job('a/1', {phase: 'failed'})]);
	opened.press('d');
	assert.equal(opened.screen().word, 'dismissing a/1');
	opened.store.receive([{type: 'dismissed', refs: ['a/1'], hidden: false}]);
	assert.equal(opened.screen().word, undefined);
});

test('d on a live job works as c where cancelling is called dismiss', () => {
	const opened = open(undefined, {info: {cancelIsDismiss: true}});
	opened.press('d');
	assert.equal(opened.screen().overlay?.kind, 'box');
	assert.deepEqual(opened.sent, []);
});

test('d hides an ended job and u restores it', () => {
	const opened = open([job('a/1', {phase: 'failed'}), job('a/2', {createdAt: start - 90_000})]);
	opened.press('d');
	const refs = () => opened.store.getState().order.inView.map(({ref}) => ref);
	assert.deepEqual(refs(), ['a/2']);
	opened.press('u');
	assert.deepEqual(refs(), ['a/1', 'a/2']);
	assert.deepEqual(opened.sent, [
		{type: 'dismiss', refs: ['a/1']},
		{type: 'restore', refs: ['a/1']},
	]);
});

test('d and u say that Tapis is asked too, and that it is not on a read-only profile', () => {
	const can = {...profile('a').can, hide: true};
	const tapis = open([job('a/1', {phase: 'failed'})], {info: {title: 'Tapis', can}});
	const dismissed = (hidden: boolean) => ({type: 'dismissed', refs: ['a/1'], hidden}) as const;
	tapis.press('d');
	tapis.store.receive([dismissed(true)]);
	assert.equal(tapis.screen().word, 'dismissed a/1; u restores it (Tapis is asked too)');
	tapis.press('u');
	tapis.store.receive([dismissed(false)]);
	assert.equal(tapis.screen().word, 'a/1 restored (Tapis is asked too)');
	const still = open([job('a/1', {phase: 'failed'})], {info: {title: 'Tapis', can}, readOnly: true});
	still.press('d');
	still.store.receive([dismissed(true)]);
	assert.equal(still.screen().word, 'dismissed a/1; u restores it (here only: read-only)');
});

test('a dismissed job that is alive again has its row again', () => {
	const opened = open([job('a/1', {phase: 'failed'}), job('a/2')]);
	opened.press('d');
	opened.store.receive([jobs(job('a/1', {phase: 'running'}))]);
	opened.press('s', '<enter>');
	assert.ok(opened.store.getState().order.inView.some(({ref}) => ref === 'a/1'));
});

const deletable = {can: {...profile('a').can, delete: true}, deleteConsequence: 'All of it is lost.'};
const ended = job('a/job-1234567', {phase: 'failed'});
const sentDeletes = ({sent}: ReturnType<typeof open>) => sent.filter(({type}) => type === 'delete');

test('x shows every action, with the reason if one is not available', () => {
	const opened = open([job('a/1', {phase: 'failed'})], {info: {readOnly: true}});
	opened.press('x');
	const actions = actionsOf(opened.store.getState(), commands, start);
	const why = (label: string) => actions.find(action => action.label === label)?.why;
	assert.equal(why('inspect'), undefined);
	assert.equal(why('cancel'), 'it has ended: failed');
	assert.equal(why('dismiss'), undefined);
	assert.equal(why('restore'), 'it is not dismissed');
	assert.equal(why('delete on server'), 'profile a is read-only');
	assert.equal(why('copy id'), undefined);
});

test('an action runs by its key or by Enter on its line, and the menu closes', () => {
	const byKey = open();
	byKey.press('x', 'y');
	assert.deepEqual(byKey.told, ['copy 1']);
	assert.equal(byKey.screen().overlay, undefined);
	const byEnter = open();
	byEnter.press('x', '<enter>');
	assert.deepEqual(byEnter.sent, [{type: 'inspect', ref: 'a/1'}]);
	const refused = open(undefined, {readOnly: true});
	refused.press('x', 'c');
	assert.match(refused.screen().word ?? '', /c: jobtop is read-only/);
	assert.equal(refused.screen().overlay?.kind, 'actions');
	const closed = open();
	closed.press('x', 'x');
	assert.equal(closed.screen().overlay, undefined);
	assert.deepEqual(closed.sent, []);
});

test('the menu opens the results, if the system provides them', () => {
	const can = {...profile('a').can, results: true};
	const opened = open(undefined, {info: {can}});
	opened.press('x', 'O');
	assert.equal(opened.screen().detail?.tab, 'results');
	assert.deepEqual(opened.sent.at(-1), {type: 'results', ref: 'a/1'});
	const none = open();
	none.press('x', 'O');
	assert.match(none.screen().word ?? '', /Slurm has no results/);
});

test('a cancellation from the menu still asks, and no key of the same event answers', () => {
	const opened = open();
	opened.press('x', 'cy');
	assert.equal(opened.screen().overlay?.kind, 'box');
	assert.deepEqual(opened.cancels(), []);
});

test('the actions keep their job: another job that moved under the cursor is not touched', () => {
	const opened = open([
		job('a/1', {phase: 'failed'}),
		job('a/2', {phase: 'failed', createdAt: start - 90_000}),
	]);
	opened.press('g', 'x');
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	for (const key of ['d', '<enter>', '#']) {
		opened.press(key);
		assert.match(opened.screen().word ?? '', /look again/, key);
	}
	assert.deepEqual(opened.sent, []);
});

test('a dismissed job is restored from the cancellations', () => {
	const opened = open([job('a/1', {phase: 'cancelled'})]);
	opened.press('d');
	opened.store.receive([{type: 'cancellations', reports: [report('a/1')]}]);
	opened.press('C', 'x', 'u');
	assert.deepEqual(opened.sent.at(-1), {type: 'restore', refs: ['a/1']});
	opened.store.receive([{type: 'dismissed', refs: ['a/1'], hidden: true}]);
	assert.equal(opened.screen().acts.length, 1);
	opened.store.receive([{type: 'dismissed', refs: ['a/1'], hidden: false}]);
	assert.deepEqual(opened.screen().acts, []);
});

test('a deletion requires the end of the id, then Enter', () => {
	const opened = open([ended], {info: deletable});
	opened.press('x', '#', '<enter>', 'y', '<enter>', '<backspace>', '456', '<enter>');
	assert.deepEqual(sentDeletes(opened), []);
	assert.match(opened.screen().word ?? '', /type 4567, the end of its id, first/);
	opened.press('8', '<enter>');
	assert.deepEqual(sentDeletes(opened), []);
	opened.press('<backspace>', '7', '<enter>');
	assert.deepEqual(sentDeletes(opened), [
		{
			type: 'delete',
			targets: [
				{
					ref: 'a/job-1234567',
					name: 'name-job-1234567',
					phase: 'failed',
					status: 'FAILED',
					submittedAt: start - 60_000,
				},
			],
		},
	]);
	assert.equal(opened.screen().overlay, undefined);
});

test('a short id is typed whole, and for a protected profile its name', () => {
	const short = open([job('a/77', {phase: 'failed'})], {info: deletable});
	short.press('x', '#', '77', '<enter>');
	assert.equal(sentDeletes(short).length, 1);
	const guarded = open([ended], {info: {...deletable, protect: true}});
	guarded.press('x', '#', '4567', '<enter>');
	assert.match(guarded.screen().word ?? '', /type a, the name of this protected profile, first/);
	guarded.press('<backspace>', '<backspace>', '<backspace>', '<backspace>', 'a', '<enter>');
	assert.equal(sentDeletes(guarded).length, 1);
});

test('Esc, a paste and a job that changed meanwhile delete nothing', () => {
	const kept = open([ended], {info: deletable});
	kept.press('x', '#', '4567', '<esc>', '<enter>');
	assert.deepEqual(sentDeletes(kept), []);
	const pasted = open([ended], {info: deletable});
	pasted.press('x', '#');
	pasted.paste('4567');
	pasted.press('<enter>');
	assert.deepEqual(sentDeletes(pasted), []);
	const changed = open([ended], {info: deletable});
	changed.press('x', '#', '4567');
	changed.store.receive([jobs(job('a/job-1234567', {phase: 'running'}))]);
	changed.press('<enter>');
	assert.match(changed.screen().word ?? '', /changed in the meantime: nothing was deleted/);
	assert.deepEqual(sentDeletes(changed), []);
});

test('whatever is pressed, jobtop only deletes what a box showed and the user typed', () => {
	const keys = ['x', '#', '7', '<enter>', '<backspace>', '<esc>', 'j', 'k', 'd', 'u', 'c', 'y', 'q', ' '];
	let deleted = 0;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...keys), {maxLength: 40}), pressed => {
			const opened = open([job('a/7', {phase: 'failed'}), job('a/77', {phase: 'failed'}), job('a/8')], {
				info: deletable,
			});
			// Almost there, so that some runs delete: what follows is up to chance.
			for (const key of ['x', '#', '7', ...pressed]) {
				const {overlay} = opened.screen();
				const before = sentDeletes(opened).length;
				opened.press(key);
				const sent = sentDeletes(opened).slice(before);
				if (sent.length === 0) continue;
				deleted++;
				assert.equal(key, '<enter>');
				assert.ok(overlay?.kind === 'delete-box');
				assert.equal(overlay.typed, overlay.target.ref.slice(2));
				assert.notEqual(overlay.target.ref, 'a/8', 'it lives');
				assert.deepEqual(sent, [{type: 'delete', targets: [overlay.target]}]);
			}
		}),
		{numRuns: 300},
	);
	assert.ok(deleted > 0, 'some were deleted');
});

test('# means delete in the menu of a job and nowhere else', () => {
	const places = commands.filter(({id}) => id === 'delete').flatMap(({scopes}) => scopes);
	assert.deepEqual(places, ['actions']);
	const inMenu = open([ended], {info: deletable});
	inMenu.press('x', '#');
	assert.equal(inMenu.screen().overlay?.kind, 'delete-box');
	const inTable = open([ended], {info: deletable});
	inTable.press('#');
	assert.deepEqual(inTable.sent, []);
	assert.equal(inTable.screen().overlay, undefined);
	// D hides ended jobs in the table, and means nothing here.
	inTable.press('x', 'D');
	assert.deepEqual(inTable.sent, []);
	assert.equal(inTable.screen().overlay?.kind, 'actions');
	inTable.press('<esc>', 'D');
	assert.deepEqual(inTable.sent, [{type: 'dismiss', refs: ['a/job-1234567']}]);
	// The details of the job, the help, the lists: every key that opens something, then #.
	for (const key of ['<enter>', 'i', '?', 'p', 'b', '/', ':', 'v', 's', 'l', 'c']) {
		const elsewhere = open([ended], {info: deletable});
		elsewhere.press(key, '#');
		assert.notEqual(elsewhere.screen().overlay?.kind, 'delete-box', key);
		elsewhere.press('4567', '<enter>');
		assert.deepEqual(sentDeletes(elsewhere), [], key);
	}
});

test('D hides every ended job in view, and only those', () => {
	const opened = open([
		job('a/1', {phase: 'failed'}),
		job('a/2'),
		job('b/3', {phase: 'failed'}),
		job('a/4', {phase: 'succeeded'}),
	]);
	opened.press('1', 'D');
	assert.deepEqual(opened.sent, [], 'it asks before');
	opened.press('y');
	assert.deepEqual(opened.sent, [{type: 'dismiss', refs: ['a/1', 'a/4'] satisfies Ref[]}]);
});

test('dismissing several jobs dismisses only the jobs that the question showed', () => {
	const ended = [
		job('a/1', {phase: 'failed', createdAt: start - 1000}),
		job('a/2', {phase: 'failed'}),
		job('a/3', {phase: 'failed'}),
	];
	for (const answer of ['n', '<esc>', '<enter>', 'q', 'x', 'j']) {
		const opened = open(ended);
		opened.press('D', answer);
		assert.deepEqual(opened.sent, [], answer);
	}
	const together = open(ended);
	together.press('Dy');
	assert.deepEqual(together.sent, [], 'keys that come together answer nothing');
	const changed = open(ended);
	changed.press('D');
	changed.store.receive([
		{
			type: 'jobs',
			upserts: [
				job('a/1', {phase: 'failed', createdAt: start - 2000}),
				job('a/2'),
				job('a/9', {phase: 'failed'}),
			],
			removes: [],
		},
	]);
	changed.press('y');
	assert.deepEqual(
		changed.sent,
		[{type: 'dismiss', refs: ['a/3']}],
		'not another job of that id, not one that runs, none that came later',
	);
	const single = open([job('a/1', {phase: 'failed'}), job('a/2')]);
	single.press('D');
	assert.deepEqual(
		single.sent,
		[{type: 'dismiss', refs: ['a/1']}],
		'one job needs no question: u restores it',
	);
});

test('a pasted text is never a key: it goes into the filter or nowhere', () => {
	const opened = open();
	opened.paste('cy');
	assert.equal(opened.screen().overlay, undefined);
	opened.press('c');
	opened.paste('y');
	assert.deepEqual(opened.cancels(), []);
	opened.press('n', '/');
	opened.paste(' cy\u001b[2J\n');
	assert.equal(opened.screen().filter, 'cy');
	assert.deepEqual(opened.cancels(), []);
});

test('Esc leaves the filter and keeps it; a second Esc clears it', () => {
	const opened = open();
	opened.press('/', 'abc', '<backspace>', '<esc>');
	assert.equal(opened.screen().filter, 'ab');
	assert.equal(opened.screen().overlay, undefined);
	opened.press('<esc>');
	assert.equal(opened.screen().filter, '');
});

test('a filter may be typed ahead', () => {
	const opened = open();
	opened.press('/name-2\rj');
	assert.equal(opened.screen().filter, 'name-2');
	assert.equal(opened.screen().overlay, undefined);
});

test('q goes back one and quits at the table', () => {
	const opened = open();
	opened.store.receive([{type: 'cancellations', reports: [report('a/1')]}]);
	opened.press('C', '<enter>', 'q', 'q');
	assert.deepEqual(opened.told, []);
	opened.press('q');
	assert.deepEqual(opened.told, ['quit asked']);
});

test('Ctrl-C asks first; a second one within two seconds quits', async () => {
	const opened = open();
	opened.ctrl('c');
	assert.deepEqual(opened.told, []);
	assert.match(opened.screen().word ?? '', /Ctrl-C again quits/);
	await opened.advance(2500);
	opened.ctrl('c');
	assert.deepEqual(opened.told, []);
	await opened.advance(1000);
	opened.ctrl('c');
	assert.deepEqual(opened.told, ['quit insisted']);
});

test('Ctrl-C closes a box, and the box is not answered', () => {
	const opened = open();
	opened.press('c');
	opened.ctrl('c');
	assert.equal(opened.screen().overlay, undefined);
	assert.deepEqual(opened.cancels(), []);
});

test('inspection follows the cursor, and ends with the details', () => {
	const opened = open();
	opened.press('<enter>', 'j', '<esc>');
	assert.deepEqual(opened.sent, [
		{type: 'inspect', ref: 'a/1'},
		{type: 'inspect', ref: 'a/2'},
		{type: 'inspect'},
	]);
});

test('the details keep their job when it leaves the list', () => {
	const opened = open();
	opened.press('<enter>');
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	assert.equal(opened.screen().detail?.ref, 'a/1');
	opened.press('c');
	assert.match(opened.screen().word ?? '', /no longer listed by its profile/);
});

test('the scope and the sort are chosen from menus', () => {
	const opened = open();
	opened.press('f', 'jj', '<enter>', 's', 'k', '<enter>');
	const [scope, kept, ...others] = opened.sent;
	assert.deepEqual(scope, {type: 'scope', scope: {everyone: true, ended: false}});
	const {sort} = opened.screen();
	assert.notEqual(sort.column, 'age');
	assert.deepEqual(sort.others, [{column: 'age', descending: false}]);
	assert.deepEqual(kept?.type === 'keep-view' && kept.view.sort, sort);
	assert.deepEqual(others, []);
});

test('r polls the profile of the row, Ctrl-r all profiles', () => {
	const opened = open();
	opened.press('r');
	opened.ctrl('r');
	assert.deepEqual(opened.sent, [{type: 'refresh', profile: 'a'}, {type: 'refresh'}]);
});

test('y copies the id', () => {
	const opened = open();
	opened.press('y');
	assert.deepEqual(opened.told, ['copy 1']);
});

test('each scope has its own keys', () => {
	const opened = open();
	assert.equal(scopeOf(opened.store.getState()), 'table');
	opened.press('?');
	assert.equal(scopeOf(opened.store.getState()), 'help');
	opened.press('c', 'y');
	assert.deepEqual(opened.cancels(), []);
});

test('the pane shows one batch at a time, and hides a finished one', () => {
	const {store, press, ctrl, sent} = open();
	const outcome = {kind: 'cancelled'} as const;
	store.receive([
		{type: 'cancellations', reports: [report('a/1', {batch: 1, step: 'settled', outcome})]},
		{type: 'cancellations', reports: [report('b/1', {batch: 2})]},
	]);
	press('C');
	const refs = () => store.getState().run?.listed.map(({ref}) => ref);
	assert.deepEqual(refs(), ['b/1']);
	press('d');
	assert.match(store.getState().screen.word ?? '', /1 cancellation not finished/);
	press(']');
	assert.match(store.getState().screen.word ?? '', /no later batch/);
	press('[');
	assert.deepEqual(refs(), ['a/1']);
	ctrl('e');
	assert.deepEqual(sent.at(-1), {type: 'export', batch: 1});
	press('d');
	assert.deepEqual(refs(), ['b/1']);
	assert.deepEqual(
		store.getState().cancellations.map(({ref}) => ref),
		['b/1'],
	);
	press('[');
	assert.match(store.getState().screen.word ?? '', /no earlier batch/);
});

test('the end of a batch is reported once, as configured', () => {
	for (const [notify, expected] of [
		['off', []],
		['bell', ['\u0007']],
		['desktop', ['\u001b]9;jobtop: batch 1, 2 jobs: 1 cancelled, 1 denied; 1 needs you\u0007']],
	] as const) {
		const {store} = open();
		const written: string[] = [];
		const stop = notifyOfBatches(store, text => written.push(text));
		const tell = (...reports: readonly CancellationReport[]) =>
			store.receive([{type: 'cancellations', reports}]);
		store.receive([hello([profile('a')], {settings: {notify}})]);
		tell(report('a/1'), report('a/2'));
		tell(report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}));
		assert.deepEqual(written, []);
		tell(report('a/2', {step: 'settled', outcome: {kind: 'denied'}}));
		tell(report('a/2', {step: 'settled', outcome: {kind: 'denied'}}));
		assert.deepEqual(written, expected);
		stop();
	}
});

test('a batch is reported when it needs the user, by the same rule as in the header', () => {
	const {store} = open();
	const written: string[] = [];
	const stop = notifyOfBatches(store, text => written.push(text));
	const receive = (...reports: readonly CancellationReport[]) =>
		store.receive([{type: 'cancellations', reports}]);
	store.receive([hello([profile('a')], {settings: {notify: 'desktop'}})]);
	receive(report('a/1'), report('a/2'), report('a/3'));
	const overdue = {kind: 'overdue'} as const;
	receive(report('a/1', {outcome: overdue, cannotRepeat: true}));
	assert.deepEqual(written, [], 'nothing can be done about it');
	receive(report('a/2', {outcome: overdue}));
	receive(report('a/3', {outcome: overdue}));
	assert.deepEqual(written.splice(0), ['\u001b]9;jobtop: batch 1: 1 needs you\u0007']);
	receive(report('a/2'), report('a/3'));
	receive(report('a/2', {step: 'parked'}));
	assert.deepEqual(written, ['\u001b]9;jobtop: batch 1: 1 needs you\u0007'], 'it needs the user again');
	stop();
});

test('retrying the jobs that a batch did not end opens a question of its own', () => {
	const rows = [job('a/1'), job('a/2'), job('a/3', {phase: 'succeeded'}), job('a/4')];
	const {store, press, cancels, screen} = open(rows);
	const settled = (ref: Ref, kind: 'cancelled' | 'denied' | 'not-sent' | 'unknown') =>
		report(ref, {step: 'settled', outcome: {kind}});
	const reports = [settled('a/1', 'denied'), settled('a/2', 'cancelled'), settled('a/3', 'unknown')];
	store.receive([{type: 'cancellations', reports: [...reports, settled('a/9', 'not-sent')]}]);
	press('C');
	press('R');
	const {overlay} = screen();
	assert.ok(overlay?.kind === 'box');
	assert.deepEqual(overlay.targets.map(({ref}) => ref).sort(), ['a/1', 'a/9']);
	assert.deepEqual(overlay.skipped, [{ref: 'a/3', why: 'it has ended: succeeded'}]);
	press('y');
	const [sent] = cancels();
	assert.ok(sent?.type === 'cancel');
	assert.deepEqual(sent.targets.map(({ref}) => ref).sort(), ['a/1', 'a/9']);
});

test('marks stay if nothing was sent, and c says why before its box opens', () => {
	const {store, press, screen} = open();
	press('a');
	const refs = [...screen().marks];
	assert.equal(refs.length, 2);
	press('c');
	press('y');
	assert.deepEqual([...screen().marks].sort(), refs.sort());
	store.receive([{type: 'asked', kind: 'cancel', refs, taken: false}]);
	assert.deepEqual([...screen().marks].sort(), refs.sort());
	assert.doesNotMatch(screen().word ?? '', /asked to cancel|sending/);
	store.receive([{type: 'file-troubles', troubles: {journals: 'journals cannot be written: EROFS'}}]);
	press('c');
	assert.equal(screen().overlay, undefined);
	assert.match(screen().word ?? '', /journals cannot be written: EROFS/);
	store.receive([{type: 'file-troubles', troubles: {}}]);
	assert.equal(screen().word, undefined, 'it is no longer true');
	press('c');
	assert.ok(screen().overlay?.kind === 'box');
});

test('an overdue job is asked again with R and with c, and the box says so', () => {
	for (const key of ['R', 'c']) {
		const {store, press, cancels, screen} = open([job('a/1')]);
		store.receive([{type: 'cancellations', reports: [report('a/1', {outcome: {kind: 'overdue'}})]}]);
		if (key === 'R') press('C');
		press(key);
		const {overlay} = screen();
		assert.ok(overlay?.kind === 'box', key);
		assert.equal(
			repeatWords(store.getState(), overlay),
			'it was asked to stop before: jobtop looks at it first, then asks again',
		);
		press('y');
		const [sent] = cancels();
		assert.ok(sent?.type === 'cancel');
		assert.deepEqual(
			sent.targets.map(({ref}) => ref),
			['a/1'],
		);
	}
});

test('R never asks about another job that has the id now', () => {
	const {store, press, screen} = open([job('a/1', {createdAt: start + 5000, name: 'another'})]);
	const outcome = {kind: 'refused'} as const;
	const old = report('a/1', {step: 'settled', outcome, submittedAt: start - 60_000});
	const other = report('a/2', {step: 'settled', outcome: {kind: 'cancelled'}});
	store.receive([{type: 'cancellations', reports: [old, other]}]);
	press('C');
	press('R');
	assert.equal(screen().overlay, undefined);
	assert.match(screen().word ?? '', /another job has its id now/);
});

test('R tries the credential again where a request waits for one', () => {
	const {store, press, sent, screen} = open([job('a/1')]);
	store.receive([{type: 'cancellations', reports: [report('a/1', {step: 'parked'})]}]);
	press('C');
	press('R');
	assert.equal(screen().overlay, undefined);
	assert.equal(screen().word, 'trying the credential of a again');
	assert.ok(sent.some(each => each.type === 'refresh' && each.profile === 'a'));
});

test('whatever needs a person in one view does so in all, and accepts a key', () => {
	const outcomeKinds = Object.keys(outcomes) as OutcomeKind[];
	const steps = [
		'checking',
		'sending',
		'throttled',
		'parked',
		'reconciling',
		'following',
		'settled',
	] as const;
	const history = fc.array(
		fc.record({
			id: fc.integer({min: 1, max: 4}),
			batch: fc.integer({min: 1, max: 2}),
			step: fc.constantFrom(...steps),
			kind: fc.constantFrom(undefined, ...outcomeKinds),
			cameBack: fc.boolean(),
			cannotRepeat: fc.boolean(),
		}),
		{minLength: 1, maxLength: 12},
	);
	fc.assert(
		fc.property(history, entries => {
			const {store, press, screen} = open([1, 2, 3, 4].map(id => job(`a/${id}`)));
			for (const {id, batch, step, kind, cameBack, cannotRepeat} of entries) {
				const isOpenOutcome = kind === 'overdue' || kind === 'unknown';
				const outcome = kind && (step === 'settled' || isOpenOutcome) ? {outcome: {kind}} : {};
				const settled = step === 'settled' ? {outcome: {kind: kind ?? 'cancelled'}} : outcome;
				const each = report(`a/${id}`, {
					batch,
					step,
					cameBack,
					...settled,
					...(cannotRepeat && {cannotRepeat}),
				});
				store.receive([{type: 'cancellations', reports: [each]}]);
			}
			press('C');
			const {run, known} = store.getState();
			const calling = (run?.listed ?? []).filter(needsUser);
			const canvas = {width: 120, height: 20, glyphs: unicodeGlyphs, now: start, zone: 'utc'} as const;
			const head = (paneHead(store.getState(), canvas, 20)[0] ?? []).map(({text}) => text).join('');
			assert.equal(/(\d+) needs? you,?/.exec(head)?.[1] ?? '0', String(calling.length));
			for (const each of calling) {
				// A newer cancellation of the same job speaks for it.
				if (known.cancellations.get(each.ref) !== each) continue;
				press('R');
				const {overlay, word = ''} = screen();
				const asked = overlay?.kind === 'box' && overlay.targets.some(({ref}) => ref === each.ref);
				assert.ok(
					asked || /^trying the credential/.test(word) || each.step === 'parked',
					`${each.step}: ${word}`,
				);
				press('<esc>');
			}
		}),
		{numRuns: 150},
	);
});

test('a denied job of another person calls for nobody, and a retry leaves it out', () => {
	const {store, press, screen} = open([1, 2].map(id => job(`a/${id}`)));
	const theirs = {kind: 'denied', detail: "it is bob's job; 403", notYours: true} as const;
	const settled = (ref: Ref, changes: Parameters<typeof report>[1]) =>
		report(ref, {step: 'settled', ...changes});
	store.receive([{type: 'cancellations', reports: [settled('a/1', {outcome: theirs, owner: 'bob'})]}]);
	assert.equal(store.getState().cancellations.some(needsUser), false);
	press('C', 'R');
	assert.equal(screen().overlay, undefined);
	assert.equal(screen().word, 'R: a/1: it is not yours');
	store.receive([{type: 'cancellations', reports: [settled('a/2', {outcome: {kind: 'denied'}})]}]);
	assert.equal(store.getState().cancellations.filter(needsUser).length, 1);
	press('R');
	const {overlay} = screen();
	assert.ok(overlay?.kind === 'box');
	assert.deepEqual(
		overlay.targets.map(({ref}) => ref),
		['a/2'],
	);
	assert.deepEqual(overlay.skipped, [{ref: 'a/1', why: 'it is not yours'}]);
});

test('a batch that ended everything has nothing to retry', () => {
	const {store, press, screen} = open();
	const outcome = {kind: 'cancelled'} as const;
	store.receive([{type: 'cancellations', reports: [report('a/1', {step: 'settled', outcome})]}]);
	press('C');
	press('R');
	assert.equal(screen().overlay, undefined);
	assert.match(screen().word ?? '', /nothing in this batch needs a retry/);
});

test('force-cancel has its own key and its own word, and needs a cancel in progress', () => {
	const without = open();
	without.press('X');
	assert.match(without.screen().word ?? '', /Slurm has no force-cancel/);

	const can = {...profile('a').can, force: true};
	const {store, press, sent, screen} = open(undefined, {info: {can}});
	press('X');
	assert.match(screen().word ?? '', /that is being cancelled; c cancels it/);
	store.receive([{type: 'cancellations', reports: [report('a/1', {outcome: {kind: 'overdue'}})]}]);
	press('X');
	const {overlay} = screen();
	assert.ok(overlay?.kind === 'box' && overlay.force);
	assert.deepEqual(
		overlay.targets.map(({ref}) => ref),
		['a/1'],
	);
	for (const key of ['y', '<enter>', 'f', 'o', 'r', 'c']) press(key);
	assert.deepEqual(
		sent.filter(({type}) => type === 'force' || type === 'cancel'),
		[],
	);
	press('<esc>');
	press('X');
	for (const key of ['f', 'o', 'r', 'c', 'e']) press(key);
	press('y');
	assert.deepEqual(sent.at(-1), {type: 'force', refs: ['a/1']});
	assert.equal(screen().overlay, undefined);
});
