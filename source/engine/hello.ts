import type {Connection} from '../backends/backend.ts';
import type {Ref} from '../job/ref.ts';
import type {EngineOptions} from './engine-options.ts';
import {readView} from './kept-view.ts';
import {type Patch, type ProfileInfo, type Scope, usualSettings} from './protocol.ts';

/** The first patch of the engine: the profiles and settings. */
export const hello = (
	options: EngineOptions,
	{scope, dismissed}: {readonly scope: Scope; readonly dismissed: readonly Ref[]},
): Patch => ({
	type: 'hello',
	profiles: options.connections.map(connection => ({
		...infoOf(connection),
		...(options.protect?.includes(connection.profile) && {protect: true as const}),
	})),
	scope,
	dismissed,
	readOnly: options.readOnly ?? false,
	lookedFor: options.lookedFor ?? [],
	settings: options.settings ?? usualSettings,
	...(options.unchecked && {unchecked: true}),
	view: readView(options),
});

const infoOf = ({profile, traits, backend, readOnly, reach}: Connection): ProfileInfo => ({
	name: profile,
	backend: traits.kind,
	title: traits.title,
	statuses: Object.keys(traits.statuses),
	can: {
		inspect: backend.get !== undefined,
		cancel: backend.cancel !== undefined,
		force: backend.forceCancel !== undefined,
		suspend: backend.suspend !== undefined && backend.unsuspend !== undefined,
		hide: backend.hide !== undefined,
		delete: backend.delete !== undefined,
		logs: (backend.logs ?? backend.listen) !== undefined,
		results: backend.results !== undefined,
	},
	...(readOnly && {readOnly}),
	...(reach && {address: reach.address}),
	...(reach?.credentialProgram && {credentialProgram: true as const}),
	...(reach?.credential !== undefined && {credential: reach.credential}),
	...(reach?.found !== undefined && {found: reach.found}),
	...(reach?.variable !== undefined && {variable: reach.variable}),
	consequence: traits.consequence,
	...(traits.forceConsequence !== undefined && {forceConsequence: traits.forceConsequence}),
	...(traits.suspendConsequences && {suspendConsequences: traits.suspendConsequences}),
	...(traits.shows.cautions && {cautions: true as const}),
	cancelIsDismiss: traits.cancelIsDismiss ?? false,
	...(traits.resultsOnSuccess && {resultsOnSuccess: true as const}),
	...(traits.deleteConsequence !== undefined && {deleteConsequence: traits.deleteConsequence}),
});
