/*
The question before anything is sent.
*/

import type {Session} from '../session.ts';
import {CommandError} from './command-error.ts';
import type {Console} from './console.ts';

export type Confirmation = {
	/** The affected profiles. */
	readonly profiles: readonly string[];
	/** The command line contains the answer. */
	readonly yes: boolean;
	/** The confirmed protected profiles, by name. */
	readonly protected: readonly string[];
	/** False if the command itself reads stdin. */
	readonly mayAsk: boolean;
	readonly question: string;
	/** Whether the answer agrees; `y` and `yes` do if it is absent. */
	readonly agrees?: (answer: string) => boolean;
};

const saysYes = (answer: string): boolean => /^y(?:es)?$/i.test(answer);

/** Asks, or throws with exit code 3. */
export const confirm = async (
	console: Console,
	{profiles}: Pick<Session, 'profiles'>,
	{profiles: touched, yes, protected: named, mayAsk: may, question: text, agrees = saysYes}: Confirmation,
): Promise<void> => {
	const guarded = profiles
		.filter(({name, protect}) => protect && touched.includes(name) && !named.includes(name))
		.map(({name}) => name);
	const mayAsk = console.canAsk && may;
	if (guarded.length > 0 && !mayAsk) {
		const flags = guarded.map(name => `--protected ${name}`).join(' ');
		throw new CommandError(`profile ${guarded.join(', ')} is protected: add ${flags}; nothing was sent`, 3);
	}
	if (!yes && !mayAsk) {
		throw new CommandError('cannot prompt (no terminal): pass -y to confirm; nothing was sent', 3);
	}
	for (const name of guarded) {
		if ((await question(console, `profile ${name} is protected; type its name to continue: `)) !== name)
			decline();
	}
	if (!yes && !agrees((await question(console, text)) ?? '')) decline();
};

const decline = (): never => {
	throw new CommandError('declined; nothing was sent', 3);
};

/** The answer; an interruption before anything is sent ends the command with its own code. */
const question = async (console: Console, text: string): Promise<string | undefined> => {
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	process.once('SIGINT', interrupt);
	try {
		const answer = await console.ask(text, interrupted.signal);
		if (interrupted.signal.aborted) {
			console.say('');
			throw new CommandError('interrupted; nothing was sent', 130);
		}
		return answer?.trim();
	} finally {
		process.off('SIGINT', interrupt);
	}
};
