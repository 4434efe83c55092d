/*
Why a table is empty: there are four different reasons.
*/

import type {Scope} from '../../engine/protocol.ts';
import type {CommandId} from '../../keys/bindings.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {profileState, troubleOf} from '../../table/health.ts';
import {partHint, problemWords} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {duration} from '../../text/format.ts';
import {span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';

const plain = (...texts: readonly string[]): readonly Line[] => texts.map(text => [span(`  ${text}`)]);

/** No job system is configured, and jobtop found none. */
export const isUnconfigured = ({known}: State): boolean =>
	known.profiles.length === 0 && known.lookedFor.length > 0;

/** The text in place of rows; undefined if there are rows. */
export const emptyLines = (state: State, now: number, openedAt: number): readonly Line[] | undefined => {
	const {known, screen, order} = state;
	if (order.inView.length > 0) return undefined;
	const key = (id: CommandId) => keyWord(state, id);
	if (known.profiles.length === 0)
		return isUnconfigured(state) ? nothingConfigured(state) : plain('starting');
	const names = known.profiles.map(({name}) => name).filter(name => !screen.only || name === screen.only);
	const states = names.map(name => ({name, ...profileState(known.health.get(name), now)}));
	const loading = states.filter(({word}) => word === 'loading');
	if (screen.onlyMarked)
		return plain(
			'no marked job is listed',
			'',
			`${key('clear-marks')} clears the marks, ${key('only-marked')} shows all`,
		);
	if (order.all.length > 0 && screen.filter) {
		const problem = queryProblem(screen.filter, known);
		return plain(
			`no job matches ${screen.filter}`,
			...[problem ? problemWords(problem) : partHint(screen.filter)].filter(text => text !== undefined),
			'',
			`${key('widen')} clears the filter`,
		);
	}
	if (loading.length > 0) {
		const since = duration(now - openedAt);
		return plain(...loading.map(({name}) => `loading the jobs of ${name}, for ${since}`));
	}
	if (states.every(({well}) => !well)) {
		const troubles = names.map(name => troubleOf(known, name, now, zoneOf(state)) ?? name);
		const many = screen.only ? `${screen.only} does not answer` : 'no profile answers';
		return [
			[span(`  ${many}: jobs unknown`, 'strong')],
			...plain(
				'',
				...troubles,
				'',
				`${key('refresh-all')} polls all again, ${key('profiles')} shows the profiles`,
			),
		];
	}
	const wider =
		known.scope.everyone && known.scope.ended ? '' : `${key('scope')} shows other people's or ended jobs`;
	const off = names.filter(name => known.health.get(name)?.state === 'off');
	const turnedOff = off.length > 0 ? `${off.join(', ')} turned off; ${key('profiles')} turns them on` : '';
	const narrow = screen.only ? `${key('all')} shows every profile again` : '';
	const hidden =
		order.all.length > 0
			? `some are dismissed or in other profiles; ${key('undo')} undoes the last change`
			: '';
	const none = `${noJobsWords(known.scope)}${screen.only ? ` on ${screen.only}` : ''}`;
	return [[span(`  ${none}`, 'strong')], ...plain('', ...[turnedOff, wider, narrow, hidden].filter(Boolean))];
};

const noJobsWords = ({everyone, ended}: Scope): string => {
	if (ended) return everyone ? 'there are no jobs' : 'you have no jobs';
	return everyone ? 'there are no active jobs' : 'you have no active jobs';
};

const nothingConfigured = (state: State): readonly Line[] => [
	[span('  there is nothing to watch yet', 'strong')],
	...plain(
		'',
		'looked for:',
		...state.known.lookedFor.map(line => `  ${line}`),
		'',
		'describe your job systems in ~/.config/jobtop/config.toml:',
		'',
		'  [profiles.hpc2]',
		'  backend = "slurm"',
		'',
		`${keyWord(state, 'inspect')} shows built-in job systems; ${keyWord(state, 'quit')} quits`,
	),
];
