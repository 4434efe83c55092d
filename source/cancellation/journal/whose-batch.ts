/*
Whether an unfinished batch may be taken up here: a profile's name may lead to another system than when the batch was asked, and a journal may not be able to tell.
*/
import type {Connection} from '../../backends/backend.ts';
import {parseRef} from '../../job/ref.ts';
import {compareSystems, type System, systemWords} from '../../job/system.ts';
import {type Clock, wait} from '../../process/clock.ts';
import {profileNamed} from './earlier-names.ts';
import {damageWords, type JournalledBatch} from './read-batch.ts';

/** Milliseconds for which a batch waits to be told which system it is asked of. */
const systemMs = 3000;

/** What a system is that does not tell in time. */
const untold: System = {};

/** Which systems these connections lead to, as far as they tell within a few seconds, and before the signal is aborted. */
export const systemsOf = async (
	connections: readonly Connection[],
	clock: Clock,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, System>> => {
	const enough = new AbortController();
	const late = wait(clock, systemMs, AbortSignal.any([signal, enough.signal])).then(
		() => untold,
		() => untold,
	);
	const systems = Promise.all(
		connections.map(async ({profile, backend}) => {
			const told = backend.system({signal}).catch(() => untold);
			return [profile, await Promise.race([told, late])] as const;
		}),
	);
	return new Map(await systems.finally(() => enough.abort()));
};

/** What stands between a batch and going on with it here. */
export type Hindrances = {
	/** Profiles of open jobs that do not lead to their system here, and why not, in words: their jobs wait for a jobtop where they do. */
	readonly elsewhere: ReadonlyMap<string, string>;
	/** What nothing proves, a sentence each: a person has to say that it is right. */
	readonly unproven: readonly string[];
	/** Of how many damaged lines the person is told. */
	readonly damaged?: number;
	/** The systems that the person agrees to with that. */
	readonly systems: Readonly<Record<string, System>>;
};

/** The profiles of the jobs that are not settled. */
export const openProfiles = ({cancellations}: JournalledBatch): readonly string[] => [
	...new Set(cancellations.flatMap(({ref, outcome}) => (outcome ? [] : (parseRef(ref)?.profile ?? [])))),
];

/** Who asks for the systems of a batch: its profiles are looked for among `connections`. `without`: profiles that are given up. */
export type Here = {
	readonly connections: Iterable<Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly without?: readonly string[];
};

/** Asks the systems of a batch's open jobs which they are, and tells what stands between the batch and going on with it here. Rejects with the signal's reason. */
export const findHindrances = async (
	batch: JournalledBatch,
	{connections, clock, signal, without = []}: Here,
): Promise<Hindrances> => {
	const all = [...connections];
	const wanted = openProfiles(batch).flatMap(name => {
		const connection = profileNamed(all, name);
		return connection ? [{name, connection}] : [];
	});
	const asked = wanted.map(({connection}) => connection);
	const told = await systemsOf(asked, clock, signal);
	signal.throwIfAborted();
	const here = wanted.map(({name, connection}) => [name, told.get(connection.profile) ?? untold] as const);
	return hindrancesOf(batch, new Map(here), without);
};

/** `now`: by the journal's names for the profiles, the systems of those that are configured here. */
export const hindrancesOf = (
	batch: JournalledBatch,
	now: ReadonlyMap<string, System>,
	without: readonly string[] = [],
): Hindrances => {
	const {damage, systems: asked} = batch;
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
		const told = Object.hasOwn(asked, profile) ? asked[profile] : undefined;
		const before = told && Object.keys(told).length > 0 ? told : undefined;
		const match = before ? compareSystems(before, leads) : 'unproven';
		if (match === 'other') {
			elsewhere.set(
				profile,
				`it led to ${systemWords(before ?? {})}, but now leads to ${systemWords(leads)}`,
			);
		} else if (match === 'unproven') {
			// What the journal knew and nobody can tell now stays known: another system is told from it later.
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

/** Nothing was changed: the batch waits for somebody who can go on with it. */
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
