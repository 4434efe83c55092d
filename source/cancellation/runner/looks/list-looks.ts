/*
Lists in place of many single looks. A list may lag, and may be wrong: one that a job's own record has contradicted is not read for a while.
*/
import {type Failure, failureOf} from '../../../job/failure.ts';
import {type LooksOptions, maxSingleLooks} from './options.ts';

/** Milliseconds for which a list that could not be read, or that was wrong, is left alone. */
const pauseMs = 60_000;

/** Failures that concern the profile, not the question: another kind of request fails as well. */
const failuresOfProfile: ReadonlySet<Failure['kind']> = new Set([
	'unauthorized',
	'unreachable',
	'rate-limited',
]);

export const createListLooks = <Wanting>(options: LooksOptions<Wanting>) => {
	const {clock, signal, idOf, onFailure} = options;
	const {backend} = options.connection;
	let pausedUntil = 0;

	const trusts = () => clock.now() >= pausedUntil;
	const distrust = () => {
		pausedUntil = clock.now() + pauseMs;
	};

	return {
		/** Reads the active jobs first, then the ended ones too; only these where most have likely ended. Gives the wanted jobs that need single looks. */
		async read(wantings: readonly Wanting[]): Promise<readonly Wanting[]> {
			const left: Map<string, readonly Wanting[]> = Map.groupBy(wantings, idOf);
			const mostlyEnded = wantings.filter(options.likelyEnded).length * 2 > wantings.length;
			/** Of the last question: a failure belongs to it. */
			let askedMoment = options.moment();
			try {
				for (const ended of mostlyEnded ? [true] : [false, true]) {
					let cursor: string | undefined;
					let pages = Math.ceil(left.size / maxSingleLooks);
					while (left.size > maxSingleLooks && pages-- > 0) {
						askedMoment = options.moment();
						const request = {everyone: true, ended, signal, ...(cursor !== undefined && {cursor})};
						const page = await backend.listPage(request);
						for (const {id} of page.jobs) left.delete(id);
						options.onPage(page.jobs, askedMoment);
						if (page.cursor === undefined || page.cursor === cursor) break;
						cursor = page.cursor;
					}
				}
			} catch (error) {
				if (signal.aborted) return [];
				const failure = failureOf(error);
				if (failuresOfProfile.has(failure.kind)) {
					for (const wanting of [...left.values()].flat()) onFailure(wanting, failure, askedMoment);
					return [];
				}
				distrust();
			}
			// A list that turned out to be wrong while it was read is no evidence about any of them.
			return trusts() ? [...left.values()].flat() : wantings;
		},
		/** Whether a list is worth believing at the moment. */
		trusts,
		/** A job's own record contradicts a list. */
		distrust,
		/** A job's own record confirms a list that was doubted. */
		trust() {
			pausedUntil = 0;
		},
	};
};
