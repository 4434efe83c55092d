import {BackendError} from '../../job/failure.ts';
import {type Http, type HttpOptions, type HttpRequest, openHttp} from '../http.ts';
import {withoutSecrets} from '../without-secrets.ts';
import {complaintsOf, explained, failureIn, isUnknownAddress} from './answers.ts';
import {type Api, descriptionPath, readApi} from './api.ts';

export type SlurmrestdOptions = HttpOptions & {
	/** Whose jobs are mine, by name. */
	readonly user: string;
	/** Say the user beside the token. */
	readonly sendUser?: boolean;
};

/** One slurmrestd, and the version of its interface. */
export type Server = Pick<Http, 'describe' | 'close'> & {
	/** The body of a good answer. An answer that holds errors is a failure, whatever its code: an empty list may be a controller that is down. */
	readonly ask: (request: HttpRequest) => Promise<unknown>;
	/** What the server speaks: found out with the first request, and again after an address turned out unknown there. */
	readonly api: (signal: AbortSignal) => Promise<Api>;
	/** The same, as far as it is known. Nothing is asked. */
	readonly knownApi: () => Api | undefined;
};

/** slurmrestd itself takes 18 s to find out that the controller is down, and longer for a long list; 10,000 jobs are 77 MB. */
const limits = {headersMs: 60_000, bodyMs: 60_000, wholeMs: 180_000, bodyBytes: 400 * 1024 * 1024};

export const openServer = (options: SlurmrestdOptions): Server => {
	const http = openHttp(
		{...options, limits: {...limits, ...options.limits}},
		{title: 'slurmrestd', isOwn: body => complaintsOf(body).length > 0},
	);
	const headers = options.sendUser ? {'x-slurm-user-name': options.user} : {};
	let known: Api | undefined;

	const ask = async (request: HttpRequest): Promise<unknown> => {
		let body: unknown;
		try {
			({body} = await http.json({...request, fresh: true, headers}));
		} catch (error) {
			if (isUnknownAddress(error)) known = undefined;
			throw explained(error, await options.headers?.());
		}
		const failure = failureIn(body);
		if (failure === undefined) return body;
		throw new BackendError(withoutSecrets(failure, (await options.headers?.()) ?? {}));
	};

	return {
		ask,
		async api(signal) {
			signal.throwIfAborted();
			known ??= readApi(await ask({path: descriptionPath, signal}));
			return known;
		},
		knownApi: () => known,
		describe: http.describe,
		close: http.close,
	};
};
