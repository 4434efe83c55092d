import {createRequire} from 'node:module';
import type {TestContext} from 'node:test';

/** A path, a method, and their requests and answers, as Prism reads them from a document. */
type Operation = {readonly method: string; readonly path: string};
type Log = (...told: unknown[]) => void;
type Logger = Readonly<Record<'info' | 'warn' | 'error' | 'debug' | 'success', Log>> & {
	readonly child: () => Logger;
};
type Prism = {
	readonly createServer: (operations: readonly Operation[], options: object) => Proxy;
	readonly getHttpOperationsFromSpec: (document: object) => Promise<Operation[]>;
};
type Proxy = {
	readonly listen: (port: number, host: string) => Promise<string>;
	readonly close: () => Promise<void>;
};

// CommonJS, and its types bring in a library of their own for every word of them.
const require = createRequire(import.meta.url);
const {createServer}: Pick<Prism, 'createServer'> = require('@stoplight/prism-http-server');
const {
	getHttpOperationsFromSpec,
}: Pick<Prism, 'getHttpOperationsFromSpec'> = require('@stoplight/prism-http/dist/utils/operations.js');

/**
Stands between a client and a server, and checks every request and every answer against an OpenAPI document. It passes both on as they are; what is not as the document says is written down.
*/
export const startValidatingProxy = async (context: TestContext, document: object, upstream: string) => {
	const violations: string[] = [];
	const silent: Log = () => {};
	const note: Log = (_, message) => {
		if (typeof message === 'string' && message.startsWith('Violation: ')) {
			violations.push(message.slice('Violation: '.length));
		}
	};
	const logger: Logger = {
		info: silent,
		debug: silent,
		success: silent,
		warn: note,
		error: note,
		child: () => logger,
	};
	// It changes the document that it is given.
	const operations = await getHttpOperationsFromSpec(structuredClone(document));
	const proxy = createServer(operations, {
		components: {logger},
		cors: false,
		config: {
			isProxy: true,
			upstream: new URL(upstream),
			checkSecurity: true,
			validateRequest: true,
			validateResponse: true,
			errors: false,
			mock: false,
		},
	});
	const url = await proxy.listen(0, '127.0.0.1');
	context.after(() => proxy.close());
	return {
		url,
		/** What was not as the document says since the last call. */
		violations: (): readonly string[] => violations.splice(0),
	};
};
