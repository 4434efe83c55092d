/*
Where a secret comes from, and how long it is kept: in memory, until a server refuses it. It stands in no message.
*/
import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {promisify} from 'node:util';
import {BackendError} from '../../job/failure.ts';
import type {Environment} from '../../process/state-directory.ts';
import type {Backend} from '../backend.ts';
import {backendOf} from '../methods.ts';
import {readDotenvLine} from './dotenv.ts';

export type CredentialSource =
	| {readonly from: 'environment'; readonly variable: string}
	| {readonly from: 'command'; readonly command: readonly string[]}
	| {readonly from: 'file'; readonly path: string}
	/** A line `variable=` of a `.env` file. */
	| {readonly from: 'dotenv'; readonly path: string; readonly variable: string};

export type Credential = {
	/** The secret. Rejects with `unauthorized`, `sent: false` without a credential. */
	readonly read: () => Promise<string>;
	/** Asks the source again, unless that happened since `refused` was used. */
	readonly renew: (refused: string) => Promise<string>;
	/** Asks the source again, whatever is kept. */
	readonly again: () => Promise<string>;
};

/** A password manager may ask its owner something first. */
const commandMs = 60_000;

const run = promisify(execFile);

const missing = (detail: string): BackendError =>
	new BackendError({kind: 'unauthorized', detail, sent: false});

const readers = {
	environment: async ({variable}, env) => {
		const value = env[variable];
		if (!value) throw missing(`${variable} is not set`);
		return value;
	},
	command: async ({command: [program = '', ...parameters]}, env) => {
		try {
			const running = run(program, parameters, {env, timeout: commandMs, maxBuffer: 1024 * 1024});
			// Nobody would answer what it asks there; its terminal, if it has one, it keeps.
			running.child.stdin?.end();
			const {stdout} = await running;
			return stdout.split(/\r?\n/, 1)[0] ?? '';
		} catch (error) {
			// The message of the error holds all that the program said: no place for it is safe.
			const {code, killed} = error as {readonly code?: string | number; readonly killed?: boolean};
			const how = killed ? `was not done after ${commandMs / 1000} s` : `failed (${code ?? 'by a signal'})`;
			throw missing(`token_command ${basename(program)} ${how}`);
		}
	},
	file: async ({path}) => {
		try {
			return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
		} catch (error) {
			throw missing(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
		}
	},
	dotenv: async ({path, variable}) => {
		const line = readDotenvLine(path, variable);
		if ('missing' in line) throw missing(`${path} ${line.missing}`);
		return line.value;
	},
} satisfies {
	readonly [From in CredentialSource['from']]: (
		source: Extract<CredentialSource, {from: From}>,
		env: Environment,
	) => Promise<string>;
};

/** Where a credential comes from, for people. */
export const sourceWords = (source: CredentialSource): string => {
	if (source.from === 'environment') return `$${source.variable}`;
	if (source.from === 'dotenv') return `${source.variable} in ${source.path}`;
	return source.from === 'file' ? source.path : `token_command ${basename(source.command[0] ?? '')}`;
};

const places = {
	environment: ({variable}) => variable,
	command: () => 'token_command',
	file: ({path}) => path,
	dotenv: ({path}) => path,
} satisfies {
	readonly [From in CredentialSource['from']]: (source: Extract<CredentialSource, {from: From}>) => string;
};

/** `programEnv`: what the program of a `command` gets of the environment. */
export const createCredential = (
	source: CredentialSource,
	env: Environment,
	programEnv: Environment = env,
): Credential => {
	let kept: Promise<string> | undefined;

	const ask = async (): Promise<string> => {
		const secret = (
			await readers[source.from](source as never, source.from === 'command' ? programEnv : env)
		).trim();
		const place = places[source.from](source as never);
		if (secret === '') throw missing(`${place} gives no token`);
		if (!/^[ -~]+$/.test(secret)) throw missing(`what ${place} gives cannot be sent: it is no plain text`);
		return secret;
	};
	const read = () => {
		if (!kept) {
			const asked = ask();
			kept = asked;
			asked.catch(() => {
				if (kept === asked) kept = undefined;
			});
		}
		return kept;
	};
	return {
		read,
		async renew(refused) {
			if (kept && (await kept.catch(() => refused)) === refused) kept = undefined;
			return read();
		},
		again() {
			kept = undefined;
			return read();
		},
	};
};

/**
The same backend; where a server refuses the credential of a read request, it reads the credential again from its source, and repeats the request once if the credential differs. Only reads: the caller counts the requests that change something.
*/
export const renewing = (backend: Backend, credential: Credential): Backend => {
	const again = async <Result>(question: () => Promise<Result>): Promise<Result> => {
		const used = await credential.read();
		try {
			return await question();
		} catch (error) {
			if (!(error instanceof BackendError) || error.failure.kind !== 'unauthorized') throw error;
			if ((await credential.renew(used)) === used) throw error;
			return question();
		}
	};
	const {get, look, getMany, logs, listen, results} = backend;
	return backendOf({
		listPage: request => again(() => backend.listPage(request)),
		get: get && ((id, request) => again(() => get(id, request))),
		look: look && ((id, request) => again(() => look(id, request))),
		getMany: getMany && ((ids, request) => again(() => getMany(ids, request))),
		logs: logs && ((id, request) => again(() => logs(id, request))),
		listen: listen && ((id, request) => again(() => listen(id, request))),
		results: results && ((id, request) => again(() => results(id, request))),
		async logIn() {
			await credential.again();
		},
		system: backend.system,
		cancel: backend.cancel,
		cancelMany: backend.cancelMany,
		forceCancel: backend.forceCancel,
		partOf: backend.partOf,
		describeCancel: backend.describeCancel,
		describeLook: backend.describeLook,
		hide: backend.hide,
		unhide: backend.unhide,
		delete: backend.delete,
		pageUrl: backend.pageUrl,
		close: backend.close,
	});
};
