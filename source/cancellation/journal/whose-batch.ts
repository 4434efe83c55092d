/*
Whether this jobtop may resume an unfinished batch. A profile may lead to another system now, and a journal cannot always prove otherwise.
*/
import type {Connection} from '../../backends/backend.ts';
import {parseRef} from '../../job/ref.ts';
import {compareSystems, type System, systemWords} from '../../job/system.ts';
import {type Clock, wait} from '../../process/clock.ts';
import {profileNamed} from './earlier-names.ts';
import {damageWords, type JournalledBatch} from './read-batch.ts';

/** Milliseconds to wait for systems to identify themselves. */
const systemMs = 3000;

/** A system that does not identify itself in time. */
const unidentified: System = {};

/** The systems that these connections lead to, as far as they identify themselves within a few seconds and before the signal is aborted. */
export const systemsOf = async (
	connections: readonly Connection[],
	clock: Clock,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, System>> => {
	const enough = new AbortController();
	const late = wait(clock, systemMs, AbortSignal.any([signal, enough.signal])).then(
		() => unidentified,
		() => unidentified,
	);
	const systems = Promise.all(
		connections.map(async ({profile, backend}) => {
			const system = backend.system({signal}).catch(() => unidentified);
			return [profile, await Promise.race([system, late])] as const;
		}),
	);
	return new Map(await systems.finally(() => enough.abort()));
};

/** What prevents this jobtop from resuming a batch. */
export type Hindrances = {
	/** Profiles of open jobs that lead to another system here, each with a sentence that says why. Their jobs wait for a jobtop whose profiles lead there. */
	readonly elsewhere: ReadonlyMap<string, string>;
	/** Unproven facts, one sentence each, that a person must confirm. */
	readonly unproven: readonly string[];
	/** The number of damaged lines that the person hears about. */
	readonly damaged?: number;
	/** The systems that the person agrees to by confirming. */
	readonly systems: Readonly<Record<string, System>>;
};

/** The profiles of the jobs that are not settled. */
export const openProfiles = ({cancellations}: JournalledBatch): readonly string[] => [
	...new Set(cancellations.flatMap(({ref, outcome}) => (outcome ? [] : (parseRef(ref)?.profile ?? [])))),
];

/** The surroundings of a resuming jobtop. `connections`: where the batch's profiles are searched. `without`: profiles whose jobs are given up. */
export type Here = {
	readonly connections: Iterable<Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly without?: readonly string[];
};

/** Asks the systems of a batch's open jobs to identify themselves, and returns what prevents resuming it here. Rejects with the signal's reason. */
export const findHindrances = async (
	batch: JournalledBatch,
	{connections, clock, signal, without = []}: Here,
): Promise<Hindrances> => {
	const all = [...connections];
	const open = openProfiles(batch).flatMap(name => {
		const connection = profileNamed(all, name);
		return connection ? [{name, connection}] : [];
	});
	const openConnections = open.map(({connection}) => connection);
	const systems = await systemsOf(openConnections, clock, signal);
	signal.throwIfAborted();
	const here = open.map(
		({name, connection}) => [name, systems.get(connection.profile) ?? unidentified] as const,
	);
	return hindrancesOf(batch, new Map(here), without);
};

/** `now`: the systems of the profiles that are configured here, by the journal's names for the profiles. */
export const hindrancesOf = (
	batch: JournalledBatch,
	now: ReadonlyMap<string, System>,
	without: readonly string[] = [],
): Hindrances => {
	const {damage, systems: confirmed} = batch;
	const elsewhere = new Map<string, string>();
	const unproven: string[] = [];
	const systems: Record<string, System> = {};
	for (const profile of openProfiles(batch)) {
		const leads = now.get(profile);
		if (leads === undefined) {
			if (!without.includes(profile))
				elsewhere.set(
					profile,
					`it is not configured here (if it no longer exists, --without ${profile} gives up its jobs)`,
				);
			continue;
		}
		const known = Object.hasOwn(confirmed, profile) ? confirmed[profile] : undefined;
		const before = known && Object.keys(known).length > 0 ? known : undefined;
		const match = before ? compareSystems(before, leads) : 'unproven';
		if (match === 'other') {
			elsewhere.set(
				profile,
				`it led to ${systemWords(before ?? {})}, but now leads to ${systemWords(leads)}`,
			);
		} else if (match === 'unproven') {
			// Keep facts that only the journal knows: they identify a different system later.
			systems[profile] = {...before, ...leads};
			unproven.push(
				before
					? `profile ${profile} led to ${systemWords(before)}, but now leads to ${systemWords(leads)}: these may be different systems`
					: `the journal does not say which system profile ${profile} led to; it now leads to ${systemWords(leads)}`,
			);
		}
	}
	const isNew = damage !== undefined && !batch.damageKnown;
	if (isNew) unproven.push(damageWords(damage));
	return {elsewhere, unproven, systems, ...(isNew && {damaged: damage.lines})};
};

/** The batch waits for a person, or for a jobtop that can resume it. Nothing was changed. */
export class BatchWaitsError extends Error {
	readonly hindrances: Hindrances;

	constructor(number: number, hindrances: Hindrances) {
		const {elsewhere, unproven} = hindrances;
		const places = [...elsewhere].map(([profile, how]) => `profile ${profile}: ${how}`);
		super(
			places.length === 0
				? `batch ${number} needs your decision: ${unproven.join('; ')}`
				: `batch ${number} belongs to another system: ${places.join('; ')}; resume it where its profiles lead to that system`,
		);
		this.name = 'BatchWaitsError';
		this.hindrances = hindrances;
	}
}
