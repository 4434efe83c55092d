/*
Where a secret comes from, and how long it is kept: in memory, until a server refuses it. It stands in no message.
*/

import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {BackendError, type LocalCause} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
import {shortageWords} from '../../process/shortage.ts';
import type {Environment} from '../../process/state-directory.ts';
import type {Backend} from '../backend.ts';
import {backendOf} from '../methods.ts';
import {
	type CredentialProgram,
	CredentialProgramError,
	type ProgramTerminal,
	runCredentialProgram,
} from './credential-program.ts';
import {readDotenvLine} from './dotenv.ts';

export type CredentialSource =
	| {readonly from: 'environment'; readonly variable: string}
	| {readonly from: 'command'; readonly command: readonly string[]}
	| {readonly from: 'file'; readonly path: string}
	/** A line `variable=` of a `.env` file. */
	| {readonly from: 'dotenv'; readonly path: string; readonly variable: string};

export type Credential = {
	/** The secret. Rejects with `unauthorized`, `sent: false` without a credential, and with `unreachable` where its source could not be asked. */
	readonly read: () => Promise<string>;
	/** Asks the source again, unless that happened since `refused` was used. */
	readonly renew: (refused: string) => Promise<string>;
	/** Asks the source again, whatever is kept. With `lent`, a program has the terminal meanwhile. */
	readonly again: (terminal?: 'lent') => Promise<string>;
	/** Ends a program that still runs, and starts none any more. */
	readonly close: () => void;
};

/** What a source is read with. */
type Reading = {readonly env: Environment; readonly terminal: ProgramTerminal; readonly signal: AbortSignal};

const missing = (detail: string): BackendError =>
	new BackendError({kind: 'unauthorized', detail, sent: false});

/** Trouble of this machine says nothing about the credential. */
const unavailable = (detail: string, local: LocalCause): BackendError =>
	new BackendError({kind: 'unreachable', detail, local});

/** What a program prints. Rejects with `unreachable` where it did not run as it must. */
export const credentialFrom = async (program: CredentialProgram): Promise<string> => {
	try {
		return await runCredentialProgram(program);
	} catch (error) {
		if (error instanceof CredentialProgramError) throw unavailable(error.message, 'credential-program');
		const shortage = shortageWords(error);
		if (shortage === undefined) throw error;
		throw unavailable(`${program.called} could not be started: ${shortage}`, 'shortage');
	}
};

const readers = {
	environment: async ({variable}, {env}) => {
		const value = env[variable];
		if (!value) throw missing(`${variable} is not set`);
		return value;
	},
	command: async ({command}, reading) => {
		const called = `token_command ${basename(command[0] ?? '')}`;
		const printed = await credentialFrom({command, called, ...reading});
		return printed.split(/\r?\n/, 1)[0] ?? '';
	},
	file: async ({path}) => {
		try {
			return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
		} catch (error) {
			const shortage = shortageWords(error);
			if (shortage !== undefined) throw unavailable(`${path} cannot be read: ${shortage}`, 'shortage');
			throw missing(`${path} cannot be read: ${causeWords(error)}`);
		}
	},
	dotenv: async ({path, variable}) => {
		const line = readDotenvLine(path, variable);
		if ('value' in line) return line.value;
		if (line.shortage) throw unavailable(`${path} ${line.missing}`, 'shortage');
		throw missing(`${path} ${line.missing}`);
	},
} satisfies {
	readonly [From in CredentialSource['from']]: (
		source: Extract<CredentialSource, {from: From}>,
		reading: Reading,
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

export type CredentialOptions = {
	readonly env: Environment;
	/** What the program of a `command` gets of the environment; `env` if absent. */
	readonly programEnv?: Environment | undefined;
	/** What such a program has of the terminal when nobody asked for it; `shared` if absent. */
	readonly programTerminal?: Exclude<ProgramTerminal, 'lent'> | undefined;
};

export const createCredential = (
	source: CredentialSource,
	{env, programEnv = env, programTerminal = 'shared'}: CredentialOptions,
): Credential => {
	const ask = async (terminal: ProgramTerminal, signal: AbortSignal): Promise<string> => {
		const reading = {env: source.from === 'command' ? programEnv : env, terminal, signal};
		const secret = (await readers[source.from](source as never, reading)).trim();
		const place = places[source.from](source as never);
		if (secret === '') throw missing(`${place} returned no token`);
		if (!/^[ -~]+$/.test(secret))
			throw missing(`the token from ${place} cannot be sent: it is not plain ASCII text`);
		return secret;
	};
	return keepCredential(ask, programTerminal);
};

/** Keeps what `ask` gets from a source, until it is asked again. */
export const keepCredential = (
	ask: (terminal: ProgramTerminal, signal: AbortSignal) => Promise<string>,
	programTerminal: ProgramTerminal = 'shared',
): Credential => {
	let kept: Promise<string> | undefined;
	const closing = new AbortController();

	const read = (terminal: ProgramTerminal = programTerminal) => {
		if (!kept) {
			const asked = ask(terminal, closing.signal);
			kept = asked;
			asked.catch(() => {
				if (kept === asked) kept = undefined;
			});
		}
		return kept;
	};
	return {
		read: () => read(),
		async renew(refused) {
			if (kept && (await kept.catch(() => refused)) === refused) kept = undefined;
			return read();
		},
		again(terminal) {
			kept = undefined;
			return read(terminal);
		},
		close: () => closing.abort(),
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
		async logIn(terminal) {
			await credential.again(terminal);
		},
		system: backend.system,
		cancel: backend.cancel,
		cancelMany: backend.cancelMany,
		forceCancel: backend.forceCancel,
		suspend: backend.suspend,
		unsuspend: backend.unsuspend,
		describeSuspend: backend.describeSuspend,
		partOf: backend.partOf,
		describeCancel: backend.describeCancel,
		describeLook: backend.describeLook,
		hide: backend.hide,
		unhide: backend.unhide,
		delete: backend.delete,
		pageUrl: backend.pageUrl,
		async close() {
			credential.close();
			await backend.close?.();
		},
	});
};
