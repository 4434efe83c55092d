/*
What each backend can do, as data: from its methods and its traits, so that no table can promise what is not there.
*/
import type {Backend, BackendTraits, Patience} from './backend.ts';
import {type BackendKind, backendKinds, backends} from './index.ts';

export type Abilities = {
	readonly backend: BackendKind;
	readonly title: string;
	/** Written from documents or recordings, and not reported to work on a real system yet. */
	readonly fromDocuments?: true;
	readonly others: BackendTraits['shows']['others'];
	readonly inspect: boolean;
	/** Whether a request to cancel does no harm when it is sent again. */
	readonly cancel: BackendTraits['resend'] | false;
	readonly cancelMany: boolean;
	readonly force: boolean;
	/** Whether jobs can be suspended and unsuspended. */
	readonly suspend: boolean;
	readonly hide: boolean;
	readonly delete: boolean;
	/** `live`: the log comes by itself; `polled`: it is asked for again and again. */
	readonly logs: 'live' | 'polled' | false;
	readonly results: boolean;
	readonly children: boolean;
	readonly progress: boolean;
	readonly history: BackendTraits['shows']['history'];
	readonly patience: Patience;
	/** What cancelling does there, and what it destroys. */
	readonly consequence: string;
	/** What a force-cancel does instead. */
	readonly forceConsequence?: string;
	readonly suspendConsequences?: BackendTraits['suspendConsequences'];
	readonly deleteConsequence?: string;
};

/** The example of a profile, opened: its methods show what the backend can do, and it leads nowhere. */
const openExample = async (kind: BackendKind): Promise<Backend> => {
	const {open, example} = (await backends[kind].load()).profile;
	// Their types match where they are defined, but not for an arbitrary kind.
	return open('example', example as never, {env: {}, folder: '/'});
};

const abilitiesOf = async (kind: BackendKind): Promise<Abilities> => {
	const {traits} = backends[kind];
	const backend = await openExample(kind);
	const {shows, resend, title, fromDocuments, patience, consequence} = traits;
	const {forceConsequence, suspendConsequences, deleteConsequence} = traits;
	const has = (method: keyof Backend): boolean => backend[method] !== undefined;
	return {
		backend: kind,
		title,
		...(fromDocuments && {fromDocuments}),
		others: shows.others,
		inspect: has('get'),
		cancel: has('cancel') && resend,
		cancelMany: has('cancelMany'),
		force: has('forceCancel'),
		suspend: has('suspend') && has('unsuspend'),
		hide: has('hide') && has('unhide'),
		delete: has('delete'),
		logs: has('listen') ? 'live' : has('logs') && 'polled',
		results: has('results'),
		children: shows.children ?? false,
		progress: shows.progress ?? false,
		history: shows.history,
		patience,
		consequence,
		...(forceConsequence !== undefined && {forceConsequence}),
		...(suspendConsequences && {suspendConsequences}),
		...(deleteConsequence !== undefined && {deleteConsequence}),
	};
};

/** The title, with the mark of a system that jobtop knows from documents. */
export const markedTitle = ({
	title,
	fromDocuments,
}: Pick<BackendTraits, 'title' | 'fromDocuments'>): string =>
	fromDocuments ? `${title} (${documentsMark})` : title;

/** The mark of a system that jobtop knows from documents. */
export const documentsMark = 'from documents';

/** Of every kind of job system that jobtop knows. Reads nothing and asks nobody. */
export const allAbilities = (): Promise<readonly Abilities[]> => Promise.all(backendKinds.map(abilitiesOf));
