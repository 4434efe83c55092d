/*
The programs of an embedded job system: a folder of scripts, each of which starts jobtop again (call.ts), and a server on loopback that says what they print.
*/
import {randomBytes} from 'node:crypto';
import {rmSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Clock} from '../../process/clock.ts';
import {temporaryPath} from '../../process/temporary-path.ts';
import {thisProgram} from '../../process/this-program.ts';
import {shellWord} from '../../text/shell-word.ts';
import {json} from '../faults.ts';
import type {ProgramSystem} from '../imposed-faults.ts';
import {type DemoServer, serve} from '../server.ts';
import type {ProgramAnswer, ProgramCall} from './exchange.ts';
import {placeVariable, programWord} from './word.ts';

export type ProgramServer = DemoServer & {
	/** The folder of the programs. */
	readonly bin: string;
};

export type ProgramServerOptions = {
	readonly system: ProgramSystem;
	/** The names of the programs. */
	readonly programs: readonly string[];
	readonly answer: (call: ProgramCall, folder: string) => ProgramAnswer | Promise<ProgramAnswer>;
	readonly clock: Clock;
	readonly port?: number;
	/** The words that start jobtop. */
	readonly jobtop?: readonly string[];
};

export const servePrograms = async (options: ProgramServerOptions): Promise<ProgramServer> => {
	const {system, programs, answer, clock, port, jobtop = thisProgram()} = options;
	const token = randomBytes(24).toString('hex');
	const folder = temporaryPath('jobtop-demo-programs');
	const remove = () => rmSync(folder, {recursive: true, force: true});
	process.once('exit', remove);
	const bin = join(folder, 'bin');
	// Only the user may enter it.
	await mkdir(folder, {mode: 0o700});
	await mkdir(bin);
	const server = await serve(
		async call => {
			if (call.header('authorization') !== `Bearer ${token}`) return json(401, {error: 'no token'});
			return json(200, await answer(JSON.parse(call.body) as ProgramCall, folder));
		},
		clock,
		port,
	).catch((error: unknown) => {
		remove();
		throw error;
	});
	for (const program of programs) {
		const words = [...jobtop, programWord, system, program].map(shellWord).join(' ');
		const script = `#!/bin/sh\n${placeVariable}=${shellWord(`${server.url} ${token}`)} exec ${words} "$@"\n`;
		await writeFile(join(bin, program), script, {mode: 0o700});
	}
	return {
		...server,
		bin,
		async close() {
			await server.close();
			remove();
			process.off('exit', remove);
		},
	};
};
