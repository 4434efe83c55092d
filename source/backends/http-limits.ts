/** The limits of one exchange, in time and size. */
export type HttpLimits = {
	/** Milliseconds until a connection has to stand. */
	readonly connectMs: number;
	/** Milliseconds from the request to the head of its answer. */
	readonly headersMs: number;
	/** Milliseconds between two pieces of a body. */
	readonly bodyMs: number;
	/** Milliseconds for everything together. */
	readonly wholeMs: number;
	/** Bytes of a body, unpacked. */
	readonly bodyBytes: number;
};

export const httpLimits: HttpLimits = {
	connectMs: 10_000,
	headersMs: 30_000,
	bodyMs: 30_000,
	wholeMs: 120_000,
	bodyBytes: 64 * 1024 * 1024,
};

/** A name that merely begins or ends as this machine's do may lead anywhere. */
export const isLoopback = (hostname: string): boolean =>
	hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
