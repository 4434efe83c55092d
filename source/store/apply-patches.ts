import type {CancellationReport, Patch} from '../engine/protocol.ts';
import {whyAnother} from '../job/identity.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import {shareValues} from '../job/share-values.ts';
import type {Known} from '../state/known.ts';
import {appendLog} from './append-log.ts';

const maxNotices = 200;

/** `Known` with mutable maps, for the store only. */
export type PatchedKnown = Omit<Known, 'jobs' | 'reports'> & {
	readonly jobs: {readonly byRef: Map<Ref, Job>};
	readonly reports: {readonly byBatch: Map<number, Map<Ref, CancellationReport>>};
};

export const nothingKnown = (): PatchedKnown => ({
	profiles: [],
	readOnly: false,
	troubles: {},
	lookedFor: [],
	settings: {notify: 'off'},
	scope: {everyone: false, ended: false},
	jobs: {byRef: new Map()},
	health: new Map(),
	latencies: new Map(),
	dismissed: new Set(),
	batches: [],
	cancellations: new Map(),
	reports: {byBatch: new Map()},
	earlier: [],
	waiting: [],
	history: [],
	notices: [],
});

/** Applies patches. The rows are patched in place: rebuilding a map of 100,000 costs a frame. */
export const applyPatches = (known: PatchedKnown, patches: readonly Patch[]): PatchedKnown => {
	let next = known;
	for (const patch of patches) next = apply(next, patch);
	return next;
};

const apply = (known: PatchedKnown, patch: Patch): PatchedKnown => {
	switch (patch.type) {
		case 'hello': {
			const {profiles, readOnly, lookedFor, scope, dismissed, settings} = patch;
			const {connecting: _, ...others} = known;
			return {
				...others,
				profiles,
				readOnly,
				lookedFor,
				scope,
				dismissed: new Set(dismissed),
				settings,
				...(patch.unchecked && {unchecked: true}),
			};
		}
		case 'jobs': {
			const {byRef} = known.jobs;
			for (const job of patch.upserts) byRef.set(job.ref, shareValues(job));
			for (const ref of patch.removes) byRef.delete(ref);
			const left = withoutReplaced(known.cancellations, patch.upserts);
			return {...known, jobs: {byRef}, cancellations: left};
		}
		case 'health':
			return {...known, health: new Map(known.health).set(patch.health.profile, patch.health)};
		case 'latency':
			return {...known, latencies: new Map(known.latencies).set(patch.profile, patch.latency)};
		case 'batch': {
			const others = known.batches.filter(({number}) => number !== patch.batch.number);
			return {...known, batches: [...others, patch.batch].sort((a, b) => a.number - b.number)};
		}
		case 'cancellations': {
			const cancellations = new Map(known.cancellations);
			const {byBatch} = known.reports;
			for (const report of patch.reports) {
				const ofBatch = byBatch.get(report.batch) ?? new Map();
				byBatch.set(report.batch, ofBatch.set(report.ref, report));
				const latest = cancellations.get(report.ref);
				// An older batch may still be followed; the row shows the newest.
				const isNewest = !latest || latest.batch <= report.batch;
				const job = known.jobs.byRef.get(report.ref);
				if (isNewest && !(job && isAnother(report, job))) cancellations.set(report.ref, report);
			}
			return {...known, cancellations, reports: {byBatch}};
		}
		case 'earlier':
			return {...known, earlier: patch.batches};
		case 'waiting':
			return {...known, waiting: patch.batches};
		case 'detail':
			return {...known, detail: {ref: patch.ref, at: patch.at, detail: patch.detail}};
		case 'detail-failed': {
			const last = known.detail?.ref === patch.ref ? known.detail.detail : undefined;
			const {ref, at, failure} = patch;
			return {...known, detail: {ref, at, failure, ...(last && {detail: last})}};
		}
		case 'log':
			return {...known, log: appendLog(known.log, patch.ref, patch.at, patch.news)};
		case 'results':
			return {...known, results: {ref: patch.ref, at: patch.at, results: patch.results}};
		case 'results-failed': {
			const last = known.results?.ref === patch.ref ? known.results.results : undefined;
			const {ref, at, failure} = patch;
			return {...known, results: {ref, at, failure, ...(last && {results: last})}};
		}
		case 'profile-steps': {
			const {profile, steps, done} = patch;
			return {...known, tried: {profile, steps, done}};
		}
		case 'links': {
			const {type: _type, ...links} = patch;
			return {...known, links};
		}
		case 'requests':
			return {...known, requests: {ref: patch.ref, exchanges: patch.exchanges}};
		case 'dry-run':
			return {...known, dryRun: {asked: patch.asked, requests: patch.requests}};
		case 'dismissed': {
			const dismissed = new Set(known.dismissed);
			for (const ref of patch.refs) patch.hidden ? dismissed.add(ref) : dismissed.delete(ref);
			return {...known, dismissed};
		}
		case 'scope':
			return {...known, scope: patch.scope};
		case 'history':
			return {...known, history: patch.lines};
		case 'file-troubles':
			return {...known, troubles: patch.troubles};
		case 'notice':
			return {...known, notices: [...known.notices, patch.notice].slice(-maxNotices)};
		case 'asked':
		case 'servers-answered':
		case 'fatal':
		case 'stopped':
			return known;
	}
};

/** Whether the row belongs to another job that now has the id of the cancelled one. */
const isAnother = (report: CancellationReport, job: Job): boolean =>
	whyAnother(report, job, report.askedAt) !== undefined;

/** Removes the cancellations of jobs whose id now belongs to another job. */
const withoutReplaced = (
	cancellations: Known['cancellations'],
	jobs: readonly Job[],
): Known['cancellations'] => {
	if (cancellations.size === 0) return cancellations;
	const replaced = jobs.filter(job => {
		const report = cancellations.get(job.ref);
		return report && isAnother(report, job);
	});
	if (replaced.length === 0) return cancellations;
	const left = new Map(cancellations);
	for (const {ref} of replaced) left.delete(ref);
	return left;
};
