/*
The cheapest squeue, scancel, scontrol and sacct that can be: squeue prints a file, the others end at once. squeue answers jobtop, turm and a person, each in the format that was asked for, with the same jobs.
*/
import {chmodSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {queueFormat} from '../../source/backends/slurm/wire.ts';

/** Stands where the mark of a question will stand. */
const mark = 'MARK';

type Values = Readonly<Record<string, string | number>>;

const isWaiting = (index: number) => index % 3 === 0;
const nodeOf = (index: number) => (isWaiting(index) ? '' : `node${index % 64}`);
const nameOf = (index: number) => `simulation-${index % 40}`;
const idOf = (index: number) => 100_000 + index;

/** What squeue prints for a job, by the letters of its format. */
const valuesOf = (index: number, uid: number): Values => ({
	i: idOf(index),
	T: isWaiting(index) ? 'PENDING' : 'RUNNING',
	U: uid,
	u: 'alice',
	P: 'batch',
	V: 1_767_220_000,
	S: 1_767_225_000,
	e: 1_767_230_000,
	l: '1-00:00:00',
	D: 1,
	N: nodeOf(index),
	r: isWaiting(index) ? 'Priority' : 'None',
	j: nameOf(index),
});

const recordForJobtop = (index: number, uid: number): string => {
	const values = valuesOf(index, uid);
	return `${queueFormat(mark).replace(/%(\w)/g, (_, letter: string) => {
		const value = values[letter];
		if (value === undefined)
			throw new Error(`squeue is asked for %${letter}, which this benchmark does not print`);
		return String(value);
	})}\n`;
};

/** The 19 fields that turm asks for, each with turm's separator behind it. */
const recordForTurm = (index: number): string =>
	[
		idOf(index),
		nameOf(index),
		isWaiting(index) ? 'PENDING' : 'RUNNING',
		'alice',
		'1:00:00',
		'1-00:00:00',
		'2026-01-01T00:00:00',
		'cpu=4,mem=8G,node=1,billing=4',
		'batch',
		nodeOf(index),
		`/home/alice/slurm-${idOf(index)}.out`,
		`/home/alice/slurm-${idOf(index)}.out`,
		'/home/alice/job.sh',
		isWaiting(index) ? 'PD' : 'R',
		isWaiting(index) ? 'Priority' : 'None',
		idOf(index),
		'N/A',
		nodeOf(index),
		'/home/alice',
	]
		.map(field => `${field}###turm###`)
		.join('')
		.concat('\n');

const heading = '             JOBID PARTITION     NAME     USER ST       TIME  NODES NODELIST(REASON)\n';

const recordForPeople = (index: number): string =>
	[
		String(idOf(index)).padStart(18),
		'batch'.padStart(9),
		nameOf(index).slice(0, 8),
		'alice'.padStart(8),
		isWaiting(index) ? 'PD' : ' R',
		'1:00:00'.padStart(10),
		'1'.padStart(6),
		isWaiting(index) ? '(Priority)' : nodeOf(index),
	]
		.join(' ')
		.concat('\n');

/** Writes the programs for so many jobs of the user `uid` into a new folder, which the caller removes. Returns the folder. */
export const makeSlurmPrograms = (jobs: number, uid: number): string => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-bench-slurm-'));
	const writeQueue = (name: string, head: string, recordOf: (index: number) => string) =>
		writeFileSync(
			join(folder, name),
			head + Array.from({length: jobs}, (_, index) => recordOf(index)).join(''),
		);
	writeQueue('queue', '', index => recordForJobtop(index, uid));
	writeQueue('queue-turm', '', recordForTurm);
	writeQueue('queue-people', heading, recordForPeople);
	const programs = {
		squeue: `case "$*" in
*turm*) exec cat '${folder}/queue-turm';;
*%i*) ;;
*) exec cat '${folder}/queue-people';;
esac
# The mark of the question stands in the format, after its first character.
mark=
for word in "$@"; do case $word in *%i*) word=\${word%%%i*}; mark=\${word#?}; break;; esac; done
exec sed "s/${mark}/$mark/g" '${folder}/queue'`,
		scancel: 'exit 0',
		scontrol: "echo 'Slurmctld(primary) at here is UP'",
		sacct: 'exit 0',
	};
	for (const [name, text] of Object.entries(programs)) {
		writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
		chmodSync(join(folder, name), 0o755);
	}
	return folder;
};
