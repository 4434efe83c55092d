import type {RequestManner} from '../cancellation/runner/begin-batch.ts';
import {cleanText} from '../job/clean-text.ts';
import {type Operation, participles} from '../job/operation.ts';
import type {Ref} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';
import {unwritableWords} from '../process/writable-state.ts';
import type {Notify} from './notify.ts';
import type {Runner} from './open-runner.ts';
import type {Batch, Report} from './protocol.ts';

export type CancellingOptions = {
	readonly runner: Pick<Runner, 'batchOf' | 'forbids' | 'force' | 'repeat' | 'start'>;
	readonly readOnly: boolean;
	readonly report: Report;
	readonly notify: Notify;
	/** Checks which files can be written, after one could not. */
	readonly checkFiles: () => void;
};

/** Cancels, force-cancels, suspends and unsuspends jobs for the user. */
export const createCancelling = ({runner, readOnly, report, notify, checkFiles}: CancellingOptions) => {
	/** Resolves once the journal is on disk. Rejects, with nothing sent, if the journal cannot be written or no job is left to request this for. */
	const cancel = async (targets: readonly JobTarget[], manner: RequestManner = {}): Promise<Batch> => {
		const {reason, operation = 'cancel'} = manner;
		if (readOnly) throw new Error('jobtop is read-only here: nothing was sent');
		// A key can be pressed twice before the first report is seen.
		const open = targets.filter(({ref}) => !runner.forbids(ref, operation));
		if (open.length === 0) throw new Error(alreadyWords(operation));
		return runner.start(open, {...manner, ...(reason !== undefined && {reason: cleanText(reason)})});
	};

	/** The batch that the first of these jobs is cancelled in. */
	const batchOf = ([first]: readonly Ref[]): number | undefined =>
		first === undefined ? undefined : runner.batchOf(first);

	const answer = (
		kind: Operation | 'force',
		refs: readonly Ref[],
		{taken, batch}: {readonly taken: boolean; readonly batch?: number | undefined},
	) => report([{type: 'asked', kind, refs, taken, ...(batch !== undefined && {batch})}]);

	return {
		cancel,
		/** Cancels, and reports the answer: only once the journal is on disk. */
		async cancelAndReport(
			targets: readonly JobTarget[],
			manner: Omit<RequestManner, 'force'> = {},
		): Promise<void> {
			const {operation = 'cancel'} = manner;
			const refs = targets.map(({ref}) => ref);
			try {
				// Those are asked again in their own batches, where that may help.
				const followed = targets.filter(({ref}) => runner.forbids(ref, operation));
				const repeats = !readOnly && followed.length > 0;
				const begins = !repeats || followed.length < targets.length;
				const begun = begins ? (await cancel(targets, manner)).number : undefined;
				const repeated = repeats ? runner.repeat(followed, operation) : [];
				if (followed.length === targets.length && repeated.length === 0) {
					throw new Error(alreadyWords(operation));
				}
				answer(operation, refs, {taken: true, batch: begun ?? batchOf(repeated)});
			} catch (error) {
				answer(operation, refs, {taken: false});
				notify('error', `nothing was sent: ${unwritableWords(error as Error)}`);
				checkFiles();
			}
		},
		/** Force-cancels jobs that are still alive after a cancel request. */
		force(refs: readonly Ref[]) {
			if (readOnly) {
				answer('force', refs, {taken: false});
				return notify('error', 'nothing was sent: jobtop is read-only here');
			}
			const impossible = runner.force(refs);
			const forced = refs.filter(ref => !impossible.includes(ref));
			answer('force', refs, {taken: forced.length > 0, batch: batchOf(forced)});
			if (impossible.length === 0) return;
			const which = impossible.length === 1 ? impossible[0] : `${impossible.length} of these jobs`;
			notify('warning', `force-cancel is not possible for ${which} now`);
		},
	};
};

const alreadyWords = (operation: Operation): string =>
	operation === 'cancel' ? 'already being cancelled' : `already being cancelled or ${participles[operation]}`;

export type Cancelling = ReturnType<typeof createCancelling>;
