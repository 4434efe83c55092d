import {BackendError} from '../../job/failure.ts';
import {rememberedLast} from '../../text/remembered.ts';
import {type Http, type HttpOptions, type HttpRequest, openHttp} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {apiPath} from './paths.ts';
import {explain} from './refusals.ts';
import {expiredWords, readClaims, type TokenClaims} from './token.ts';
import {type Envelope, envelopeSchema, isTapisEnvelope} from './wire.ts';

/** The jobs of one tenant. Paths of requests are below `apiPath`. */
export type Server = Pick<Http, 'read' | 'close'> & {
	/** The tenant's address, which stands before `apiPath`. */
	readonly address: string;
	readonly ask: (request: HttpRequest) => Promise<Envelope>;
	/** What the token says of its owner; empty before the first request. */
	readonly claims: () => TokenClaims;
	readonly describe: (request: Omit<HttpRequest, 'signal'>) => string;
};

export const openServer = (title: string, options: HttpOptions): Server => {
	const claimsOf = rememberedLast(readClaims);
	let claims: TokenClaims = {};
	const address = options.url.replace(/\/v3(?:\/jobs)?\/*$/, '').replace(/\/+$/, '');
	const http = openHttp(
		{
			...options,
			url: address,
			async headers() {
				const headers = (await options.headers?.()) ?? {};
				claims = claimsOf(tokenIn(headers));
				return headers;
			},
		},
		{title, isOwn: isTapisEnvelope},
	);

	/** The words of a refused token say when it expired. */
	const explainToken = (error: unknown): never => {
		const words = expiredWords(claims, Date.now());
		if (!(error instanceof HttpError) || error.failure.kind !== 'unauthorized' || words === undefined) {
			throw error;
		}
		const detail = `${words}: ${error.failure.detail}`;
		throw new HttpError({kind: 'unauthorized', detail}, error.status, error.body);
	};

	return {
		address,
		claims: () => claims,
		async ask(request) {
			const {body} = await http
				.json({...request, path: apiPath + request.path})
				.catch(explain)
				.catch(explainToken);
			// An empty answer to an order is a success.
			const bare = body === undefined && request.method === 'POST';
			const envelope = envelopeSchema.safeParse(bare ? {} : body).data;
			if (envelope === undefined) throw malformed('the answer is not in the format of Tapis');
			if (envelope.status === 'error') throw malformed('the answer claims success but is an error');
			return envelope;
		},
		read: (request, take) =>
			http
				.read({...request, path: apiPath + request.path}, take)
				.catch(explain)
				.catch(explainToken),
		describe: request => http.describe({...request, path: apiPath + request.path}),
		close: http.close,
	};
};

/** The token among the headers of a request. */
export const tokenIn = (headers: Readonly<Record<string, string>>): string | undefined =>
	Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-tapis-token')?.[1];

export const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
