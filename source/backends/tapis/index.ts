import type {BackendDefinition, CancelReceipt, RequestOptions} from '../backend.ts';
import type {HttpOptions} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {httpSystem} from '../http-system.ts';
import {shown} from '../read-fields.ts';
import {traits} from './facts.ts';
import {filesOf} from './files.ts';
import {createListPage} from './list.ts';
import {looksOf} from './look.ts';
import {jobPath} from './paths.ts';
import {openServer, type Server, tokenIn} from './server.ts';
import {readClaims} from './token.ts';
import {type Envelope, messageSchema} from './wire.ts';

/**
`url` is the tenant's, such as `https://tacc.tapis.io`; what may follow it (`/v3`, `/v3/jobs`) is understood. `headers` gives `X-Tapis-Token`.
*/
export type TapisOptions = HttpOptions & {
	/** Jobs a page; 500 if not said. */
	readonly pageSize?: number;
};

/** Jobs of Tapis v3. https://tapis-project.github.io/live-docs/?service=Jobs */
export const tapis: BackendDefinition<TapisOptions> = {
	traits,
	connect(profile, options) {
		const server = openServer(traits.title, {connections: traits.concurrency, ...options});
		const looks = looksOf(server, profile);

		const setVisibility = async (change: 'hide' | 'unhide', id: string, {signal}: RequestOptions) => {
			await server.ask({method: 'POST', path: `${jobPath(id)}/${change}`, signal});
		};

		return {
			listPage: createListPage(server, profile, options.pageSize ?? 500),
			look: (id, {signal}) => looks.look(id, signal),
			get: (id, {signal}) => looks.get(id, signal),
			cancel: (id, {signal}) => cancel(server, id, signal),
			hide: (id, request) => setVisibility('hide', id, request),
			unhide: (id, request) => setVisibility('unhide', id, request),
			describeLook: id => server.describe({path: jobPath(id)}),
			// The path of a job in TapisUI, which each tenant has at its own address:
			// https://github.com/tapis-project/tapis-ui/blob/dev/src/app/Jobs/_Router/Router.tsx
			pageUrl: id => `${new URL(options.url).origin}/#/jobs${jobPath(id)}`,
			describeCancel: ids => ids.map(id => server.describe(cancelRequest(id))),
			...filesOf(server, looks.traces),
			async system() {
				// The token holds the account; without a token the account is not known yet.
				const headers = await Promise.resolve(options.headers?.()).catch(() => undefined);
				const account = headers && readClaims(tokenIn(headers)).user;
				return httpSystem(traits.kind, {url: server.address, ...(account !== undefined && {account})});
			},
			close: server.close,
		};
	},
};

const cancelRequest = (id: string) => ({method: 'POST', path: `${jobPath(id)}/cancel`}) as const;

const cancel = async (server: Server, id: string, signal: AbortSignal): Promise<CancelReceipt> => {
	try {
		return readReceipt(await server.ask({...cancelRequest(id), signal}));
	} catch (error) {
		/*
		JOBS_QMGR_POST_CANCEL stays `broken`, which may have arrived and may be asked again. It says that one of two orders could not be queued; the first of them, to the job's worker, may have been.
		*/
		if (!(error instanceof HttpError) || error.status !== 409 || error.failure.kind !== 'conflict')
			throw error;
		return {kind: 'too-late', detail: error.failure.detail};
	}
};

// https://github.com/tapis-project/tapis-ui/issues/483
const afterwards = "the remote scheduler's job may run for a while after Tapis says CANCELLED";

/** Tapis accepted the order: nothing in the answer says what becomes of it. */
const readReceipt = ({result}: Envelope): CancelReceipt => {
	const words = shown(messageSchema.safeParse(result).data?.message)?.replace(/\.$/, '');
	return {kind: 'accepted', detail: [words, afterwards].filter(Boolean).join('; ')};
};
