/*
What the tests of the embedded systems know of each that is programs: how it writes an array, and what its programs say.
*/
import assert from 'node:assert/strict';
import type {ProgramSystem} from '../../source/demo/imposed-faults.ts';

/** Runs a program of the system with these arguments. */
export type RunProgram = (
	name: string,
	...args: readonly string[]
) => Promise<{readonly code: unknown; readonly stdout: string; readonly stderr: string}>;

type ProgramFacts = {
	/** The array, by the id of a job in the list that is part of it; undefined for any other job. Absent where the system has no arrays. */
	readonly arrayOf?: (id: string) => string | undefined;
	/** What it says to somebody who cancels a job of another user. */
	readonly refusal: RegExp;
	/** What a person types, and what is printed: the list, a cancel, its repetition, the record of the end, an unknown job. */
	readonly person: (run: RunProgram) => Promise<void>;
};

const uid = process.getuid?.() ?? 1000;

const slurm: ProgramFacts = {
	arrayOf: id => /^(\d+)_\[\d+-\d+\]$/.exec(id)?.[1],
	refusal: /Access\/permission denied/,
	async person(run) {
		const queue = await run('squeue');
		assert.match(queue.stdout, /^ +JOBID PARTITION +NAME +USER ST +TIME +NODES NODELIST\(REASON\)\n/);
		const [, id = ''] =
			/^ +(\d+) .* PD /m.exec((await run('squeue', '-u', String(uid))).stdout) ?? assert.fail(queue.stdout);
		assert.deepEqual(await run('scancel', id), {code: 0, stdout: '', stderr: ''});
		const again = await run('scancel', id);
		assert.match(again.stderr, /already completing or completed/);
		const account = await run('sacct', '-X', '-p', '-j', id, '--format=JobID,State,NodeList');
		assert.equal(account.stdout, `JobID|State|NodeList|\n${id}|CANCELLED by ${uid}|None assigned|\n`);
		assert.match((await run('squeue', '-j', '1')).stderr, /Invalid job id specified/);
		assert.equal((await run('scancel', 'all')).code, 1);
	},
};

export const programFacts: Readonly<Record<ProgramSystem, ProgramFacts>> = {slurm};
