/*
What the programs of an embedded system say when the demo does not answer them.
*/
import type {ProgramSystem} from '../imposed-faults.ts';
import type {ProgramAnswer, ProgramCall} from './exchange.ts';
import {scheddAddress, scheddName} from './schedd.ts';

/** Why there is no answer: nothing listens there, or the connection broke. */
type Lost = 'unreachable' | 'cut-off';

type LostAnswer = (call: ProgramCall, lost: Lost) => ProgramAnswer;

const slurm: LostAnswer = ({program, args}, lost) => {
	const words = {
		unreachable: 'Unable to contact slurm controller (connect failure)',
		'cut-off': 'Zero Bytes were transmitted or received',
	}[lost];
	if (program !== 'scancel') return {stderr: `slurm_load_jobs error: ${words}\n`, code: 1};
	const lines = args
		.filter(arg => !arg.startsWith('-'))
		.flatMap(id => [
			`scancel: Terminating job ${id}`,
			`scancel: error: Kill job error on job id ${id}: ${words}`,
		]);
	return {stderr: `${lines.join('\n')}\n`, code: 8};
};

const flux: LostAnswer = ({args: [command = '']}, lost) => {
	const words = {
		unreachable: 'Unable to connect to Flux: broker socket was not found',
		'cut-off': '[Errno 104] Connection reset by peer',
	}[lost];
	return {stderr: `flux-${command}: ERROR: ${words}\n`, code: 1};
};

const lsf: LostAnswer = (_, lost) => ({
	stderr: {
		unreachable: 'Cannot connect to LSF. Please wait ...\n',
		'cut-off': 'Failed in an LSF library call: Connection reset by peer\n',
	}[lost],
	code: 255,
});

const htcondor: LostAnswer = ({program, args}, lost) => {
	const code = 1;
	if (program !== 'condor_rm') {
		const words = lost === 'unreachable' ? `CEDAR:6001:Failed to connect to ${scheddAddress}\n` : '';
		return {stderr: `\n-- Failed to fetch ads from: ${scheddAddress} : ${scheddName}\n${words}`, code};
	}
	const words = {
		unreachable: 'DCSchedd::actOnJobs:6001:Failed to connect to schedd',
		'cut-off': "DCSchedd::actOnJobs:6004:Can't read confirmation",
	}[lost];
	const jobs = args.filter(arg => /^\d+\.\d+$/.test(arg)).map(id => `No result found for job ${id}\n`);
	return {stderr: `${words}\n${jobs.join('')}`, code};
};

/** The name of the embedded PBS's server, with which every id ends. */
export const pbsServer = 'demo';

const pbs: LostAnswer = ({program}, lost) => {
	if (lost === 'cut-off') return {stderr: `${program}: Batch protocol error\n`, code: 183};
	return program === 'qdel'
		? {stderr: `Connection refused\nCouldn't connect to cluster: ${pbsServer}\n`, code: 162}
		: {
				stderr: `Connection refused\n${program}: cannot connect to server ${pbsServer} (errno=15010)\n`,
				code: 255,
			};
};

/** Of one job, qstat says it as XML in place of the answer and ends with 0. Version 8.1.9 misspells the name of that element. */
const gridengine: LostAnswer = ({args}, lost) => {
	const unsent = 'unable to send message to qmaster using port 6444 on host "master1": got send error';
	const words = {
		unreachable: `commlib error: got select error (Connection refused)\nerror: ${unsent}`,
		'cut-off': 'commlib error: got general communication error',
	}[lost];
	if (!args.includes('-xml') || !args.includes('-j')) return {stderr: `error: ${words}\n`, code: 1};
	const text = words.split('\nerror: ').at(-1);
	return {
		stdout: `<?xml version='1.0'?>\n<comunication_error >\n    <AN_status>11</AN_status>\n    <AN_text>${text}</AN_text>\n    <AN_quality>0</AN_quality>\n</comunication_error>\n`,
	};
};

export const lostAnswers: Readonly<Record<ProgramSystem, LostAnswer>> = {
	slurm,
	htcondor,
	flux,
	lsf,
	pbs,
	gridengine,
};
