import type {Scope} from '../engine/protocol.ts';
import type {Ref} from '../job/ref.ts';
import type {MenuName, Sort} from '../store/screen.ts';
import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {columns} from './columns.ts';
import {framed} from './frame.ts';
import {span} from './line.ts';
import {childLabel, relatedOf} from './related.ts';

/** What choosing an item asks for. */
export type Choice =
	| {readonly kind: 'sort'; readonly sort: Sort}
	| {readonly kind: 'scope'; readonly scope: Scope}
	| {readonly kind: 'open'; readonly ref: Ref};

export type MenuItem = {readonly label: string; readonly chosen: boolean; readonly choice: Choice};

type Menu = {readonly title: string; readonly items: (state: State) => readonly MenuItem[]};

const scopes: readonly (readonly [label: string, scope: Scope])[] = [
	['my active jobs', {everyone: false, ended: false}],
	['my jobs, ended ones too', {everyone: false, ended: true}],
	["everyone's active jobs", {everyone: true, ended: false}],
	["everyone's jobs, ended ones too", {everyone: true, ended: true}],
];

export const menus: Readonly<Record<MenuName, Menu>> = {
	sort: {
		title: 'sort by',
		items: ({screen}) =>
			columns
				.filter(({compare}) => compare !== undefined)
				.map(({id, title}) => ({
					label: title.toLowerCase(),
					chosen: id === screen.sort.column,
					choice: {kind: 'sort', sort: {column: id, descending: false}},
				})),
	},
	related: {
		title: 'open',
		items(state) {
			const {parent, children} = relatedOf(state);
			const item = (label: string, ref: Ref): MenuItem => ({
				label,
				chosen: false,
				choice: {kind: 'open', ref},
			});
			return [
				...(parent ? [item(`${parent}, which it is a part of`, parent)] : []),
				...children.map(child => item(childLabel(child), child.ref)),
			];
		},
	},
	scope: {
		title: 'show',
		items: ({known}) =>
			scopes.map(([label, scope]) => ({
				label,
				chosen: scope.everyone === known.scope.everyone && scope.ended === known.scope.ended,
				choice: {kind: 'scope', scope},
			})),
	},
};

export const menuLines = (
	state: State,
	menu: MenuName,
	index: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const {title, items} = menus[menu];
	const all = items(state).map(
		({label, chosen}, place): Line => [
			span(
				`${place === index ? '>' : ' '} ${label}${chosen ? '  (now)' : ''}`,
				place === index ? 'strong' : 'plain',
			),
		],
	);
	const room = Math.max(1, height - 3);
	const top = Math.max(0, Math.min(index - Math.floor(room / 2), all.length - room));
	return framed(
		title,
		[...all.slice(top, top + room), [span('Enter chooses, Esc closes', 'dim')]],
		width,
		glyphs,
	);
};
