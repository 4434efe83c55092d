/*
What completions find outside the commands: profiles, jobs, batches, and the words of a query.
*/
import {backendKinds} from '../../backends/index.ts';
import {batchNumbers} from '../../cancellation/journal/batch-files.ts';
import {connectAll} from '../../config/connect.ts';
import {parseDuration} from '../../config/duration.ts';
import {loadConfiguration} from '../../config/load.ts';
import type {ProfileSetting} from '../../config/profile-setting.ts';
import {systemNames} from '../../demo/imposed-faults.ts';
import {createDismissals} from '../../engine/visibility/dismissals.ts';
import type {Job} from '../../job/job.ts';
import {systemClock} from '../../process/clock.ts';
import {stateDirectory} from '../../process/state-directory.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {queryFields} from '../../table/query.ts';
import {outcomeWords, stateWords} from '../../table/query-values.ts';
import type {Candidate, Place} from './place.ts';

/** Milliseconds that Tab waits for job systems; `JOBTOP_COMPLETION_TIMEOUT` overrides it. */
const completionMs = 900;

const settingsFor = async ({flags, embedded}: Place): Promise<readonly ProfileSetting[]> => {
	if (embedded) return [];
	try {
		return (await loadConfiguration({env: process.env, flags})).profiles;
	} catch {
		// The command itself reports mistakes.
		return [];
	}
};

/** The names of the profiles. */
export const profilesFor = async ({flags: {config}, ...place}: Place): Promise<readonly Candidate[]> => {
	const settings = await settingsFor({...place, flags: config === undefined ? {} : {config}});
	return settings.map(({name, entry}) => [name, entry.backend]);
};

/** The built-in systems, behind the ones that the word has already. */
export const systemsOfDemo = (current: string): readonly Candidate[] => {
	const before = current.slice(0, current.lastIndexOf(',') + 1);
	const chosen = before.split(',');
	return systemNames.filter(name => !chosen.includes(name)).map(name => [`${before}${name}`, '']);
};

/** The fields of a query, or the values of the field that the word begins with. */
export const queryWords = async (place: Place, current: string): Promise<readonly Candidate[]> => {
	const [, negated = '', field = ''] = /^(-?)(\w+):/.exec(current) ?? [];
	const values: Readonly<Record<string, () => Promise<readonly string[]>>> = {
		state: async () => stateWords,
		profile: async () => (await profilesFor(place)).map(([name]) => name),
		backend: async () => backendKinds,
		outcome: async () => outcomeWords,
	};
	if (field !== '') {
		const known = (await values[field]?.()) ?? [];
		return known.map(value => [`${negated}${field}:${value}`, '']);
	}
	return queryFields.map(name => [`${name}:`, 'compares this field']);
};

/** The jobs that a command applies to. */
const scopes: Readonly<Record<string, (job: Job) => boolean>> = {
	cancel: ({terminal}) => !terminal,
	wait: ({terminal}) => !terminal,
	dismiss: ({terminal}) => terminal,
	delete: ({terminal}) => terminal,
};

/** A shell gives other characters a meaning of their own, and ids come from servers. */
const plain = /^[\w.~:@%+,=/-]+$/;

const ofLiveJobs: ReadonlySet<string> = new Set(['cancel', 'suspend', 'unsuspend', 'wait']);

/** The refs of the jobs that the command applies to, as their systems list them now. */
export const refsFor = async (place: Place): Promise<readonly Candidate[]> => {
	const {command} = place;
	if (command.name() === 'restore') {
		const {hidden} = createDismissals(stateDirectory(process.env), systemClock.now);
		return [...hidden.keys()].filter(ref => plain.test(ref)).map(ref => [ref, 'dismissed']);
	}
	// A password manager may prompt its owner, and Tab must not cause a prompt.
	const settings = (await settingsFor(place)).filter(
		({entry}) => !('token_command' in entry && entry.token_command),
	);
	const {JOBTOP_COMPLETION_TIMEOUT: timeout} = process.env;
	const signal = AbortSignal.timeout((timeout && parseDuration(timeout)) || completionMs);
	const fits = scopes[command.name()] ?? (() => true);
	const ended = !ofLiveJobs.has(command.name());
	const connections = await connectAll(settings, process.env);
	const pages = await Promise.all(
		connections.map(({backend}) =>
			backend.listPage({everyone: false, ended, signal}).then(
				({jobs}) => jobs.filter(fits),
				// A job system that does not answer in time offers nothing.
				() => [],
			),
		),
	);
	return pages
		.flat()
		.filter(({ref}) => plain.test(ref))
		.map(job => [job.ref, `${stateInWords(job)} ${job.name}`]);
};

/** The numbers of the kept batches. */
export const batchesFor = (): readonly Candidate[] =>
	batchNumbers(stateDirectory(process.env)).map(number => [String(number), 'batch']);
