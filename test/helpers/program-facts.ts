/*
What the tests of the embedded systems know of each that is programs: how it writes an array, and what its programs say.
*/
import assert from 'node:assert/strict';
import {userInfo} from 'node:os';
import type {ProgramSystem} from '../../source/demo/imposed-faults.ts';

/** Runs a program of the system with these arguments. */
export type RunProgram = (
	name: string,
	...args: readonly string[]
) => Promise<{readonly code: unknown; readonly stdout: string; readonly stderr: string}>;

type ProgramFacts = {
	/** The array, by the id of a job in the list that is part of it; undefined for any other job. Absent where the system has no arrays. */
	readonly arrayOf?: (id: string) => string | undefined;
	/** What becomes of a cancelled job that waits; `cancelled` if not said. */
	readonly outcomeOfWaiting?: 'removed';
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

const flux: ProgramFacts = {
	refusal: /guests can only raise exceptions on their own jobs/,
	async person(run) {
		const list = await run('flux', 'jobs');
		assert.match(list.stdout, /^ {7}JOBID USER {5}NAME {7}ST NTASKS NNODES {5}TIME INFO\n/);
		const [, id = ''] =
			/^ *ƒ(\w+) .* S {6}1 {6}- .*(?<!held)$/m.exec(list.stdout) ?? assert.fail(list.stdout);
		assert.deepEqual(await run('flux', 'cancel', `ƒ${id}`), {code: 0, stdout: '', stderr: ''});
		const again = await run('flux', 'cancel', `f${id}`);
		assert.deepEqual(again, {
			code: 1,
			stdout: '',
			stderr: `flux-cancel: ERROR: ƒ${id}: job is inactive\n`,
		});
		const {result, returncode, exception} = JSON.parse(
			(await run('flux', 'jobs', '--json', `f${id}`)).stdout,
		);
		assert.deepEqual([result, returncode, exception.type], ['CANCELED', -128, 'cancel']);
		const events = await run('flux', 'job', 'eventlog', `f${id}`);
		assert.match(
			events.stdout,
			new RegExp(`exception type="cancel" severity=0 note="" userid=${uid}\n.* clean\n$`),
		);
		assert.deepEqual(await run('flux', 'jobs', '999'), {code: 1, stdout: '', stderr: 'JobID 999 unknown\n'});
		assert.equal((await run('flux', 'cancel', 'notanid')).code, 2);
		// What jobtop never sends: `--all` means every job of the caller.
		assert.match(
			(await run('flux', 'cancel', '--all')).stderr,
			/^flux-cancel: Canceled \d+ jobs \(0 errors\)\n$/,
		);
	},
};

const lsf: ProgramFacts = {
	arrayOf: id => /^(\d+)\[\d+\]$/.exec(id)?.[1],
	refusal: /User permission denied/,
	async person(run) {
		const list = await run('bjobs');
		assert.match(
			list.stdout,
			/^JOBID {3}USER {4}STAT {2}QUEUE {6}FROM_HOST {3}EXEC_HOST {3}JOB_NAME {3}SUBMIT_TIME\n/,
		);
		const [, id = ''] = /^(\d+) .* PEND /m.exec(list.stdout) ?? assert.fail(list.stdout);
		const killed = `Job <${id}> is being terminated\n`;
		assert.deepEqual(await run('bkill', id), {code: 0, stdout: killed, stderr: ''});
		const again = await run('bkill', id);
		assert.deepEqual(again, {code: 255, stdout: '', stderr: `Job <${id}>: Job has already finished\n`});
		const history = await run('bhist', '-l', id);
		assert.match(history.stdout, /: Completed <exit>; TERM_OWNER: job killed by owner;\n/);
		assert.match((await run('bjobs', '-a', '-l', id)).stdout, /, Status <EXIT>, /);
		assert.deepEqual(await run('bjobs', '1'), {code: 255, stdout: '', stderr: 'Job <1> is not found\n'});
		// What jobtop never sends: no id means the job that was submitted last, and 0 means all jobs of the caller.
		assert.match((await run('bkill')).stdout, /^Job <\d+(?:\[\d+\])?> is being terminated\n$/);
		assert.match((await run('bkill', '0')).stdout, /^(?:Job <\d+(?:\[\d+\])?> is being terminated\n){9,}$/);
		assert.match((await run('lsid')).stdout, /^My cluster name is demo$/m);
	},
};

const htcondor: ProgramFacts = {
	arrayOf: id => /^(\d+)\.[1-9]\d*$/.exec(id)?.[1],
	refusal: /Permission denied to remove job/,
	async person(run) {
		const queue = await run('condor_q');
		assert.match(queue.stdout, /^\n\n-- Schedd: demo\.invalid : <127\.0\.0\.1:9618\?\.\.\. @ /);
		assert.match(queue.stdout, /\nOWNER +BATCH_NAME +SUBMITTED +DONE +RUN +IDLE +HOLD +TOTAL JOB_IDS\n/);
		assert.match(queue.stdout, / sweep-roughness .* 2 +6 +_ +8 \d+\.0-7\n/);
		const table = (await run('condor_q', '-nobatch')).stdout;
		assert.match(table, /\n ID {6}OWNER {12}SUBMITTED {5}RUN_TIME ST PRI SIZE CMD\n/);
		const [running = '', idle = ''] = ['R', 'I'].map(
			letter =>
				new RegExp(`^(\\d+\\.0) .*\\+\\d\\d:\\d\\d:\\d\\d ${letter} `, 'm').exec(table)?.[1] ??
				assert.fail(table),
		);
		const others = ['-allusers', '-json', '-attributes', 'ClusterId,ProcId', '-constraint'];
		const foreign = JSON.parse((await run('condor_q', ...others, 'Owner == "FREYA"')).stdout);
		const theirs = `${foreign[0].ClusterId}.${foreign[0].ProcId}`;
		// Two of four are refused: that is no failure.
		assert.deepEqual(await run('condor_rm', running, '999.0', idle, theirs), {
			code: 0,
			stdout: `Job ${running} marked for removal\nJob ${idle} marked for removal\n`,
			stderr: `Job 999.0 not found\nPermission denied to remove job ${theirs}\n`,
		});
		assert.match((await run('condor_q', running, '-nobatch')).stdout, / X {2}0 /);
		const again = await run('condor_rm', running);
		assert.deepEqual([again.code, again.stderr], [1, `\nJob ${running} already marked for removal\n`]);
		const history = await run('condor_history', '-json', idle, '-attributes', 'JobStatus,RemoveReason');
		const RemoveReason = `via condor_rm (by user ${userInfo().username})`;
		assert.deepEqual(JSON.parse(history.stdout), [{JobStatus: 3, RemoveReason}]);
		assert.deepEqual(await run('condor_q', '-json', idle), {code: 0, stdout: '', stderr: ''});
		assert.match((await run('condor_history')).stdout, /^ ID {5}OWNER .*\n.* (?:C|X) .*\n/);
		assert.deepEqual(await run('condor_rm', 'nobody'), {
			code: 1,
			stdout: '',
			stderr: '\nCouldn\'t find/remove all jobs of user "nobody"\n',
		});
		assert.equal((await run('condor_q', '-constraint', 'JobStatus ==')).code, 1);
	},
};

const pbs: ProgramFacts = {
	arrayOf: id => /^\d+\[\]\.demo$/.exec(id)?.[0],
	refusal: /Unauthorized Request/,
	async person(run) {
		const table = (await run('qstat', '-t')).stdout;
		assert.match(
			table,
			/^Job id {12}Name {13}User {14}Time Use S Queue\n-{16} {2}-{16} -{16} {2}-{8} - -{5}\n/,
		);
		assert.match(table, /^\d+\[\]\.demo +sweep-roughness +\S+ +0 B /m);
		assert.match(table, /^\d+\[2\]\.demo +sweep-roughness /m);
		const own = (await run('qstat', '-u', userInfo().username)).stdout;
		const [, number = ''] = /^(\d+)\.demo .* Q {2}-- $/m.exec(own) ?? assert.fail(own);
		const id = `${number}.demo`;
		assert.deepEqual(await run('qdel', number), {code: 0, stdout: '', stderr: ''});
		const finished = {code: 35, stdout: '', stderr: `qdel: Job has finished ${id}\n`};
		assert.deepEqual(await run('qdel', number), finished);
		assert.equal((await run('qstat', id)).code, 35);
		const record = (await run('qstat', '-xf', id)).stdout;
		assert.match(record, /^Job Id: \d+\.demo\n {4}Job_Name = /);
		assert.match(record, /\n {4}substate = 91\n/);
		assert.deepEqual(await run('qdel', '1'), {
			code: 153,
			stdout: '',
			stderr: 'qdel: Unknown Job Id 1.demo\n',
		});
		assert.equal((await run('qdel', 'all')).code, 1);
		const selected = (await run('qselect', '-u', userInfo().username, '-s', 'Q')).stdout.split('\n');
		// The server dies of a job and then one that it does not know, as the real one does.
		assert.deepEqual(await run('qdel', selected[0] ?? '', '1'), {code: 0, stdout: '', stderr: ''});
		const dead = {code: 162, stdout: '', stderr: "Connection refused\nCouldn't connect to cluster: demo\n"};
		assert.deepEqual(await run('qdel', selected[1] ?? ''), dead);
		assert.match((await run('qstat')).stderr, /^Connection refused\nqstat: cannot connect to server demo/);
	},
};

const gridengine: ProgramFacts = {
	outcomeOfWaiting: 'removed',
	arrayOf: id => /^(\d+)\.\d+-\d+$/.exec(id)?.[1],
	refusal: /you do not have the necessary privileges to delete the job/,
	async person(run) {
		const queue = await run('qstat', '-u', '*');
		assert.match(
			queue.stdout,
			/^job-ID {2}prior {3}name {7}user {9}state submit\/start at {5}queue +slots ja-task-ID \n-{113}\n/,
		);
		assert.match(queue.stdout, /^ +\d+ 0\.50000 sweep-roug \S+ +qw .* 1 \d-8:1$/m);
		const {stdout} = await run('qstat');
		const waiting = /^ +(\d+) 0\.\d+ \S+ +\S+ +h?qw .* 1 +$/m.exec(stdout)?.[1] ?? assert.fail(stdout);
		const running = /^ +(\d+) 0\.\d+ \S+ +\S+ +r .* 1 +$/m.exec(stdout)?.[1] ?? assert.fail(stdout);
		const deleted = await run('qdel', waiting, running, waiting);
		assert.equal(deleted.code, 1);
		assert.match(
			deleted.stdout,
			new RegExp(
				`^\\S+ has deleted job ${waiting}\n\\S+ has registered the job ${running} for deletion\ndenied: job "${waiting}" does not exist\n$`,
			),
		);
		assert.deepEqual(await run('qdel', running), {
			code: 0,
			stdout: `job ${running} is already in deletion\n`,
			stderr: '',
		});
		assert.match((await run('qstat', '-s', 'r')).stdout, new RegExp(`^ +${running} .* dr `, 'm'));
		assert.match((await run('qstat', '-j', running)).stdout, new RegExp(`^=+\njob_number: +${running}\n`));
		for (const id of [waiting, running]) {
			assert.deepEqual(await run('qacct', '-j', id), {
				code: 1,
				stdout: '',
				stderr: `error: job id ${id} not found\n`,
			});
		}
		assert.match((await run('qacct', '-j')).stdout, /^failed +0 +\nexit_status +1 +$/m);
		assert.deepEqual(await run('qstat', '-j', '1'), {
			code: 1,
			stdout: '',
			stderr: 'Following jobs do not exist: \n1\n',
		});
		assert.match((await run('qstat', '-j', '1', '-xml')).stdout, /<unknown_jobs >\n +<ST_name>1</);
		// What jobtop never sends: a word is a pattern of names, and 5-4 are the tasks 4 and 5.
		const array = /^ +(\d+) .* sweep-roug /m.exec(stdout)?.[1] ?? assert.fail(stdout);
		assert.match(
			(await run('qdel', `${array}.5-4`)).stdout,
			new RegExp(`^\\S+ has deleted job-array tasks 4,5 of job ${array}\n$`),
		);
		assert.match((await run('qdel', 'sweep*')).stdout, new RegExp(` has deleted job ${array}\n$`));
		assert.match((await run('qdel', '*')).stdout, /^(?:\S+ has .*\n|job \d+ is already in deletion\n){9,}$/);
	},
};

export const programFacts: Readonly<Record<ProgramSystem, ProgramFacts>> = {
	slurm,
	htcondor,
	flux,
	lsf,
	pbs,
	gridengine,
};
