import {hostname} from 'node:os';
import type {Connection} from '../backends/backend.ts';
import {journalVersion} from '../cancellation/journal/lines.ts';
import {systemsOf} from '../cancellation/journal/whose-batch.ts';
import {beginBatch} from '../cancellation/journal/write-batch.ts';
import {refOf} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';
import {systemClock} from '../process/clock.ts';

/** A job whose end was requested before the demo began. Times are epoch milliseconds. */
type EarlierCancellation = {
	readonly profile: string;
	readonly id: string;
	readonly name: string;
	readonly createdAt: number;
	readonly askedAt: number;
};

/**
Writes the journal of the batch whose requests the built-in systems had received before the demo began, as a jobtop that was closed then would have left it: what was confirmed, and each request with its answer. The engine resumes it like any other and finds out itself what has become of the jobs. A journal that cannot be written is left out.
*/
export const writeEarlierBatch = async (
	stateDirectory: string,
	cancellations: readonly EarlierCancellation[],
	connections: readonly Connection[],
): Promise<void> => {
	const known = cancellations.filter(({profile}) => connections.some(each => each.profile === profile));
	const [first] = known;
	if (first === undefined) return;
	const concerned = connections.filter(each => known.some(({profile}) => each.profile === profile));
	const systems = Object.fromEntries(await systemsOf(concerned, systemClock, new AbortController().signal));
	const targets = known.map(
		({profile, id, name, createdAt}): JobTarget => ({
			ref: refOf(profile, id),
			name,
			phase: 'running',
			status: 'processing',
			submittedAt: createdAt,
		}),
	);
	try {
		const journal = await beginBatch(stateDirectory, batch => ({
			at: first.askedAt,
			type: 'batch',
			version: journalVersion,
			batch,
			by: `demo@${hostname()}`,
			reason: 'sent before the demo was opened',
			systems,
			targets,
		}));
		for (const {profile, id, askedAt: at} of known) {
			const ref = refOf(profile, id);
			journal.append({at, type: 'sending', ref, attempt: 1});
			journal.append({at, type: 'answered', ref, attempt: 1, receipt: 'accepted'});
		}
		await journal.close();
	} catch {
		// The engine says what is wrong with the directory.
	}
};
