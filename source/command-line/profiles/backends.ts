/*
The abilities of each backend: for people, for programs, and for the documents.
*/
import {type Abilities, allAbilities, documentsMark, markedTitle} from '../../backends/abilities.ts';
import {shortDuration} from '../../text/format.ts';
import {padEnd, widthOf, wrap} from '../../text/width.ts';
import type {Console} from '../output/console.ts';

export type BackendsOptions = {readonly output: 'text' | 'json' | 'md'};

type Row = {readonly title: string; readonly cell: (abilities: Abilities) => string};

const yes = (holds: boolean): string => (holds ? 'yes' : '-');

const rows: readonly Row[] = [
	{title: documentsMark, cell: ({fromDocuments}) => yes(fromDocuments ?? false)},
	{title: 'list', cell: () => 'yes'},
	{title: "other people's jobs", cell: ({others}) => (others === 'asked' ? 'on request' : 'if shown')},
	{title: 'inspect', cell: ({inspect}) => yes(inspect)},
	{title: 'cancel', cell: ({cancel}) => cancel || '-'},
	{title: 'many in one request', cell: ({cancelMany}) => yes(cancelMany)},
	{title: 'force', cell: ({force}) => yes(force)},
	{title: 'suspend, and unsuspend', cell: ({suspend}) => yes(suspend)},
	{title: 'hide, and show again', cell: ({hide}) => yes(hide)},
	{title: 'delete', cell: one => yes(one.delete)},
	{title: 'logs', cell: ({logs}) => logs || '-'},
	{title: 'results', cell: ({results}) => yes(results)},
	{title: 'child jobs', cell: ({children}) => yes(children)},
	{title: 'progress', cell: ({progress}) => yes(progress)},
	{title: 'history', cell: ({history}) => history},
	{title: 'overdue after', cell: ({patience}) => shortDuration(patience.overdueAfterMs)},
];

/** The meaning of the words in the table. */
const legend: readonly string[] = [
	"other people's jobs: on request, or if the server shows them to this credential",
	'cancel: safe to repeat; or guarded: a second request can destroy data, so jobtop looks at the job right before each; or conditional: each request names the record that jobtop saw, and the system refuses it if that has changed',
	'logs: live (the server sends them) or polled',
	'history: the events that the server records, or only the times of its states',
	'overdue after: how long an accepted cancellation may take before jobtop calls it overdue; jobtop still follows it',
	`${documentsMark}: written from the documents or recordings of the system, and not yet reported to work on a real one; jobtop profiles test --contract tries that, and says how to report it`,
];

const grid = (all: readonly Abilities[]): readonly (readonly string[])[] => [
	['', ...all.map(({title}) => title)],
	...rows.map(({title, cell}) => [title, ...all.map(cell)]),
];

const gap = '  ';

/** The grid in lines; in several blocks below each other if a line would be longer than `columns`. */
const table = (all: readonly Abilities[], columns: number): readonly string[] => {
	const lines = grid(all);
	const widths = (lines[0] ?? []).map((_, column) =>
		Math.max(...lines.map(line => widthOf(line[column] ?? ''))),
	);
	const [titles = 0, ...others] = widths;
	let room = columns - titles;
	let fitting = 0;
	while (fitting < others.length && room >= gap.length + (others[fitting] ?? 0)) {
		room -= gap.length + (others[fitting] ?? 0);
		fitting += 1;
	}
	const rest = all.slice(Math.max(1, fitting));
	if (rest.length > 0) {
		return [
			...table(all.slice(0, Math.max(1, fitting)), Number.POSITIVE_INFINITY),
			'',
			...table(rest, columns),
		];
	}
	return lines.map(line =>
		line
			.map((cell, column) => padEnd(cell, widths[column] ?? 0))
			.join(gap)
			.trimEnd(),
	);
};

const text = (all: readonly Abilities[], columns: number): string =>
	[
		...table(all, columns),
		'',
		...legend.flatMap(line => wrap(line, columns)),
		'',
		...all.flatMap(each => wrap(`${markedTitle(each)}, cancelling: ${each.consequence}`, columns)),
		...all.flatMap(({forceConsequence, ...each}) =>
			forceConsequence === undefined
				? []
				: wrap(`${markedTitle(each)}, by force: ${forceConsequence}`, columns),
		),
		...all.flatMap(({suspendConsequences, ...each}) =>
			suspendConsequences === undefined
				? []
				: [
						...wrap(`${markedTitle(each)}, suspending: ${suspendConsequences.suspend}`, columns),
						...wrap(`${markedTitle(each)}, unsuspending: ${suspendConsequences.unsuspend}`, columns),
					],
		),
		...all.flatMap(({deleteConsequence, ...each}) =>
			deleteConsequence === undefined
				? []
				: wrap(`${markedTitle(each)}, deleting: ${deleteConsequence}`, columns),
		),
	]
		.map(line => `${line}\n`)
		.join('');

const markdownRow = (cells: readonly string[]): string =>
	`| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** The same as Markdown, without the newline at its end. */
export const markdown = (all: readonly Abilities[]): string => {
	const [head = [], ...lines] = grid(all);
	return [
		markdownRow(head),
		markdownRow(head.map(() => '---')),
		...lines.map(markdownRow),
		'',
		...legend.map(line => `- ${line}`),
		'',
		markdownRow([
			'system',
			'effect of cancelling',
			'effect of a force-cancel',
			'effect of suspending',
			'effect of deleting an ended job',
		]),
		markdownRow(['---', '---', '---', '---', '---']),
		...all.map(({forceConsequence = '-', suspendConsequences, deleteConsequence = '-', ...each}) =>
			markdownRow([
				markedTitle(each),
				each.consequence,
				forceConsequence,
				suspendConsequences?.suspend ?? '-',
				deleteConsequence,
			]),
		),
	].join('\n');
};

const json = (backends: readonly Abilities[]): string => `${JSON.stringify({version: 1, backends})}\n`;

/** Prints the abilities of every backend. Reads no configuration and sends no request. */
export const printBackends = async ({output}: BackendsOptions, console: Console): Promise<number> => {
	const all = await allAbilities();
	const columns = console.columns ?? Number.POSITIVE_INFINITY;
	const forms = {
		text: () => text(all, columns),
		json: () => json(all),
		md: () => `${markdown(all)}\n`,
	};
	console.data(forms[output]());
	return 0;
};
