import {worstExitCode} from '../../cancellation/outcomes.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import {exitCodeOfFailures, failureLine} from '../profiles/failure-words.ts';
import type {Resolution} from './resolve-refs.ts';

/** The jobs that were named unambiguously. Any doubt ends the command before it does anything. */
export const refuseDoubtful = (
	resolutions: readonly Resolution[],
	console: Console,
	consequence = 'nothing was sent',
): readonly Certain[] => {
	const isDoubtful = ({kind}: Resolution) => kind === 'ambiguous' || kind === 'unsure';
	const codes = resolutions.flatMap(one =>
		one.kind !== 'found' && isDoubtful(one) ? sayUnresolved(one, console) : [],
	);
	if (codes.length > 0) throw new CommandError(consequence, worstExitCode(codes));
	return resolutions as readonly Certain[];
};

type Certain = Exclude<Resolution, {kind: 'ambiguous' | 'unsure'}>;

type Unresolved = Exclude<Resolution, {kind: 'found'}>;

/** Says why a typed text is not a job, and returns the exit code. */
export const sayUnresolved = (resolution: Unresolved, console: Console): number => {
	switch (resolution.kind) {
		case 'not-found':
			console.say(`jobtop: ${resolution.ref ? `${resolution.ref}: ` : ''}${resolution.detail}`);
			return 7;
		case 'failed':
			console.say(failureLine(resolution.ref, resolution.failure));
			return exitCodeOfFailures([resolution.failure]);
		case 'ambiguous':
			console.say(
				`jobtop: ${resolution.given} is in several profiles; choose one: ${resolution.refs.join(', ')}`,
			);
			return 2;
		case 'unsure': {
			const names = resolution.failures.map(([profile]) => profile).join(', ');
			for (const [profile, failure] of resolution.failures) console.say(failureLine(profile, failure));
			console.say(
				`jobtop: unknown whether ${names} has ${resolution.given} too; write PROFILE/${resolution.given}`,
			);
			return exitCodeOfFailures(resolution.failures.map(([, failure]) => failure));
		}
	}
};
