import type {Connection} from '../../backends/backend.ts';
import {watched} from '../../backends/exchange.ts';
import {adviceOf, BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Clock} from '../../process/clock.ts';
import type {ProfileStep, Scope} from '../protocol.ts';

export type ProfileTest = {
	readonly connection: Connection;
	readonly scope: Scope;
	readonly clock: Pick<Clock, 'now'>;
	readonly signal: AbortSignal;
	/** Called after each step, with all steps so far. */
	readonly onSteps: (steps: readonly ProfileStep[], done: boolean) => void;
	/** Called with the jobs of the page. */
	readonly onPage: (jobs: readonly Job[]) => void;
};

/** Collects and reports the steps of an action on a profile. */
export const createSteps = ({clock, onSteps}: Pick<ProfileTest, 'clock' | 'onSteps'>) => {
	const steps: ProfileStep[] = [];
	return (text: string, how: ProfileStep['how'] = 'well', done = false) => {
		steps.push({at: clock.now(), text, how});
		onSteps([...steps], done);
	};
};

/** Requests one page of a profile's list, and reports each step. Rejects with the reason of the signal. */
export const testProfile = async (test: ProfileTest): Promise<void> => {
	const {connection, scope, signal} = test;
	const {backend, reach} = connection;
	const say = createSteps(test);
	const how =
		reach?.credential === undefined ? 'without a credential' : `with the credential from ${reach.credential}`;
	const way = reach?.way === undefined ? '' : `, ${reach.way}`;
	say(`ask ${reach?.address ?? connection.traits.title} for one page, ${how}${way}`);
	try {
		const page = await watched(
			request => {
				say(request);
				return (answer, well) => say(`answered ${answer}`, well ? 'well' : 'wrong');
			},
			() => backend.listPage({...scope, signal}),
		);
		test.onPage(page.jobs);
		const more = page.cursor === undefined ? '' : ', more pages follow';
		if (page.unreadable > 0) say(`${page.unreadable} records could not be read`, 'wrong');
		say(`${page.jobs.length} jobs on the page${more}: it works`, 'well', true);
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof BackendError)) throw error;
		const {kind, detail} = error.failure;
		say(`${kind}: ${detail}`, 'wrong');
		say(adviceOf(error.failure), 'next', true);
	}
};
