/** Thrown, or given as the reason of a signal, where a request was withdrawn before it left. */
export class Withdrawn extends Error {}

/**
The requests of a profile that are being written, or are with the limiter. Each has its own signal, which takes it out of the limiter; `signal` ends all of them.
*/
export const createHandedOver = <Request extends object>(signal: AbortSignal) => {
	const requests = new Map<Request, {readonly own: AbortController; hasLeft: boolean}>();
	signal.addEventListener('abort', () => {
		for (const {own} of requests.values()) own.abort(signal.reason);
	});
	return {
		add: (request: Request) => void requests.set(request, {own: new AbortController(), hasLeft: false}),
		/** Of requests that were to be written, those that may go on to the limiter, and how many were not written; the others were withdrawn meanwhile. */
		afterWriting(all: readonly Request[], written: readonly Request[]) {
			const isWritten = new Set(written);
			const kept = all.filter(request => requests.has(request));
			const ready = kept.filter(request => isWritten.has(request));
			for (const request of kept) if (!isWritten.has(request)) requests.delete(request);
			return {ready, dropped: kept.length - ready.length};
		},
		remove: (request: Request): boolean => requests.delete(request),
		/** Its signal; undefined once it was withdrawn. */
		signalOf: (request: Request): AbortSignal | undefined => requests.get(request)?.own.signal,
		/** It leaves now. Throws if it was withdrawn. */
		leave(request: Request): void {
			const handed = requests.get(request);
			if (handed === undefined) throw new Withdrawn();
			handed.hasLeft = true;
		},
		/** Withdraws those that have not left, and returns them. */
		withdraw(which: (request: Request) => boolean): readonly Request[] {
			const withdrawn: Request[] = [];
			for (const [request, {own, hasLeft}] of [...requests]) {
				if (hasLeft || !which(request)) continue;
				requests.delete(request);
				own.abort(new Withdrawn());
				withdrawn.push(request);
			}
			return withdrawn;
		},
	};
};
