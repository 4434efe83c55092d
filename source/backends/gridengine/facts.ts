/*
What is known of Grid Engine before a profile of it is loaded: its traits, and how it is found.
*/

import {existsSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {cleanText} from '../../job/clean-text.ts';
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts, DiscoverySurroundings} from '../profiles/profile.ts';
import {pathOfProgram} from '../programs/program-path.ts';
import {deletionSignals} from './ended-by.ts';

/** The words of the accounts, and the usual letters. `phaseOfLetters` reads all letters. */
const statuses: StatusTable = {
	qw: 'queued',
	hqw: 'held',
	eqw: 'held',
	t: 'starting',
	r: 'running',
	dr: 'stopping',
	done: 'succeeded',
	deleted: 'cancelled',
	canceled: 'cancelled',
	failed: 'failed',
};

export const traits: BackendTraits = {
	kind: 'gridengine',
	title: 'Grid Engine',
	statuses,
	resend: 'safe',
	// The accounts hold a job some time after it has left the queue, if it ran.
	gone: 'unknown',
	deletionSignals,
	consequence:
		'Grid Engine removes a waiting job without a trace; a running one gets SIGKILL, after a notice if it was submitted with -notify',
	shows: {others: 'asked', history: 'times'},
	patience: {
		firstPollMs: 1000,
		slowestPollMs: 15_000,
		overdueAfterMs: 300_000,
		confirmGoneAfterMs: 2000,
		outcomeAfterMs: 60_000,
	},
	concurrency: 2,
	intervalMs: 10_000,
};

/** The folder of qconf on PATH with a qstat beside it: PBS and others have a qstat, too. */
const folderOnPath = (env: DiscoverySurroundings['env']): string | undefined => {
	const qconf = pathOfProgram('qconf', env);
	const folder = qconf && dirname(qconf);
	return folder !== undefined && existsSync(join(folder, 'qstat')) ? folder : undefined;
};

/** The folder of the programs below SGE_ROOT, one for each kind of machine: that of this one, if it can be known. */
const folderBelow = (root: string): string | undefined => {
	try {
		const folders = readdirSync(join(root, 'bin')).filter(name =>
			existsSync(join(root, 'bin', name, 'qstat')),
		);
		const own = folders.find(name => name.includes(process.arch === 'x64' ? 'amd64' : process.arch));
		const [only] = own === undefined && folders.length > 1 ? [] : [own ?? folders[0]];
		return only && join(root, 'bin', only);
	} catch {
		return undefined;
	}
};

export const gridengine = {
	traits,
	discovery: {
		lookedFor: 'qconf beside qstat on PATH, or SGE_ROOT (Grid Engine)',
		tokenVariables: [],
		ofThisMachine: true,
		find({env}) {
			const folder = folderOnPath(env);
			// The qstat that comes first on PATH may be that of another system.
			if (folder !== undefined && pathOfProgram('qstat', env) === join(folder, 'qstat')) return {};
			const bin = folder ?? (env.SGE_ROOT && folderBelow(env.SGE_ROOT));
			return bin ? {bin} : undefined;
		},
		evidence({env}) {
			const folder = folderOnPath(env);
			return folder === undefined
				? `SGE_ROOT is ${cleanText(env.SGE_ROOT ?? '')}`
				: `qconf is ${cleanText(join(folder, 'qconf'))}, beside a qstat`;
		},
		foundIn: {bin: 'the place of qconf, or SGE_ROOT'},
		missing: ({env}) =>
			env.SGE_ROOT
				? 'SGE_ROOT is set, but there is no bin/*/qstat below it, and no qconf on PATH'
				: undefined,
	},
} satisfies BackendFacts;
