/*
A program of an embedded job system, in a process of its own: it asks the demo what to print, prints it and ends. A script in the demo's folder starts jobtop so.
*/
import {request} from 'node:http';
import {placeVariable} from './program-word.ts';

export type ProgramCall = {
	readonly program: string;
	readonly args: readonly string[];
	/** The variables that change what the programs print. */
	readonly env: Readonly<Record<string, string>>;
};

export type ProgramAnswer = {
	readonly stdout?: string;
	readonly stderr?: string;
	/** The exit code; 0 if not said. */
	readonly code?: number;
};

/** Why there is no answer: nothing listens there, or the connection broke. */
type Lost = 'unreachable' | 'cut-off';

/** What the programs say without an answer. */
const lostWords: Readonly<Record<Lost, string>> = {
	unreachable: 'Unable to contact slurm controller (connect failure)',
	'cut-off': 'Zero Bytes were transmitted or received',
};

const lostAnswer = ({program, args}: ProgramCall, lost: Lost): ProgramAnswer => {
	const words = lostWords[lost];
	if (program !== 'scancel') return {stderr: `slurm_load_jobs error: ${words}\n`, code: 1};
	const lines = args
		.filter(arg => !arg.startsWith('-'))
		.flatMap(id => [
			`scancel: Terminating job ${id}`,
			`scancel: error: Kill job error on job id ${id}: ${words}`,
		]);
	return {stderr: `${lines.join('\n')}\n`, code: 8};
};

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

/** Resolves with the exit code. */
export const runProgram = async (
	[program = '', ...args]: readonly string[],
	variables: NodeJS.ProcessEnv,
): Promise<number> => {
	const [url = '', token = ''] = (variables[placeVariable] ?? '').split(' ');
	const env = Object.fromEntries(
		Object.entries(variables).flatMap(([name, value]) =>
			/^S(?:LURM|QUEUE)_/.test(name) && value !== undefined ? [[name, value]] : [],
		),
	);
	const call = {program, args, env};
	const {
		stdout = '',
		stderr = '',
		code = 0,
	} = await send(url, token, call).catch((error: unknown) =>
		lostAnswer(call, (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'unreachable' : 'cut-off'),
	);
	process.stdout.write(stdout);
	process.stderr.write(stderr);
	return code;
};
