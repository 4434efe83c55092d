/*
The programs of an embedded job system: a folder of scripts, each of which starts jobtop again (program-call.ts), and a server on loopback that says what they print.
*/
import {randomBytes} from 'node:crypto';
import {rmSync} from 'node:fs';
import {mkdir, mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Clock} from '../process/clock.ts';
import {thisProgram} from '../process/this-program.ts';
import {shellWord} from '../text/shell-word.ts';
import {json} from './faults.ts';
import type {ProgramAnswer, ProgramCall} from './program-call.ts';
import {placeVariable, programWord} from './program-word.ts';
import {type DemoServer, serve} from './server.ts';

export type ProgramServer = DemoServer & {
	/** The folder of the programs. */
	readonly bin: string;
};

export type ProgramServerOptions = {
	/** The names of the programs. */
	readonly programs: readonly string[];
	readonly answer: (call: ProgramCall, folder: string) => ProgramAnswer | Promise<ProgramAnswer>;
	readonly clock: Clock;
	readonly port?: number;
	/** The words that start jobtop. */
	readonly jobtop?: readonly string[];
};

export const servePrograms = async (options: ProgramServerOptions): Promise<ProgramServer> => {
	const {programs, answer, clock, port, jobtop = thisProgram()} = options;
	const token = randomBytes(24).toString('hex');
	// Only the user may enter it.
	const folder = await mkdtemp(join(tmpdir(), 'jobtop-demo-programs-'));
	const remove = () => rmSync(folder, {recursive: true, force: true});
	process.once('exit', remove);
	const bin = join(folder, 'bin');
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
		const words = [...jobtop, programWord, program].map(shellWord).join(' ');
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
