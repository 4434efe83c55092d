/*
A program of an embedded job system, in a process of its own: it asks the demo what to print, prints it and ends. A script in the demo's folder starts jobtop so.
*/
import {request} from 'node:http';
import type {ProgramSystem} from '../imposed-faults.ts';
import type {ProgramAnswer, ProgramCall} from './exchange.ts';
import {lostAnswers} from './lost.ts';
import {placeVariable} from './word.ts';

const send = (url: string, token: string, call: ProgramCall): Promise<ProgramAnswer> =>
	new Promise((resolve, reject) => {
		const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'};
		const asking = request(url, {method: 'POST', headers}, response => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (text: string) => {
				body += text;
			});
			response.on('error', reject);
			response.on('end', () => {
				if (response.statusCode === 200) resolve(JSON.parse(body) as ProgramAnswer);
				else reject(new Error(`the demo answered ${response.statusCode}`));
			});
		});
		asking.on('error', reject);
		asking.end(JSON.stringify(call));
	});

/** The variables that change what a program prints. */
const printedBy = /^(?:(?:SLURM|SQUEUE|SGE|PBS|FLUX|LSB|LSF|_CONDOR|CONDOR)_|TZ$)/;

/** Runs a program of an embedded system: its words are the system, the program and its arguments. Resolves with the exit code. */
export const runProgram = async (
	[system = '', program = '', ...args]: readonly string[],
	variables: NodeJS.ProcessEnv,
): Promise<number> => {
	const [url = '', token = ''] = (variables[placeVariable] ?? '').split(' ');
	const env = Object.fromEntries(
		Object.entries(variables).flatMap(([name, value]) =>
			printedBy.test(name) && value !== undefined ? [[name, value]] : [],
		),
	);
	const call = {program, args, env};
	const {
		stdout = '',
		stderr = '',
		code = 0,
	} = await send(url, token, call).catch((error: unknown) =>
		lostAnswers[system as ProgramSystem](
			call,
			(error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'unreachable' : 'cut-off',
		),
	);
	// A real one complains at once, and keeps what it prints until it ends.
	process.stderr.write(stderr);
	process.stdout.write(stdout);
	return code;
};
