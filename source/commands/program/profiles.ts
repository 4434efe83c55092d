import type {ProfileInfo} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import {closeOverlay, narrowTo, openOverlay, say, showOnlyMarked, showPane} from '../../state/transitions.ts';
import type {CommandDefinition, CommandQuestion} from '../command.ts';
import {menuCommands} from '../menus.ts';
import {rememberView} from './acts.ts';

const boxOf = ({state}: Pick<CommandQuestion, 'state'>) => {
	const {overlay} = state.screen;
	return overlay?.kind === 'profiles' ? overlay : undefined;
};

const chosenIn = (question: Pick<CommandQuestion, 'state'>): ProfileInfo | undefined => {
	const box = boxOf(question);
	return box && question.state.known.profiles[box.index];
};

const isOff = ({state}: Pick<CommandQuestion, 'state'>, {name}: ProfileInfo): boolean =>
	state.known.health.get(name)?.state === 'off';

const whyNotAsk = (question: CommandQuestion): string | undefined => {
	const chosen = chosenIn(question);
	return chosen && isOff(question, chosen)
		? `${chosen.name} is off; ${keyWord(question.state, 'turn-profile')} turns it on`
		: undefined;
};

export const profilesCommands: readonly CommandDefinition[] = [
	{
		id: 'profiles',
		label: 'profiles',
		help: 'Show the profiles and their state; test them, log in again, turn them off.',
		unavailable: ({state}) => (state.known.profiles.length > 0 ? undefined : 'there is no profile'),
		run({state, store}) {
			const {profiles, health} = state.known;
			const unwell = profiles.findIndex(({name}) => health.get(name)?.failure !== undefined);
			store.change(openOverlay({kind: 'profiles', index: Math.max(0, unwell)}));
		},
	},
	{
		id: 'only-this-profile',
		label: 'only this',
		help: 'Show only the jobs of this profile.',
		footer: 1,
		unavailable: whyNotAsk,
		run(context) {
			const {store, state} = context;
			const chosen = chosenIn(context);
			if (!chosen) return;
			const {screen} = state;
			store.change(closeOverlay, narrowTo(chosen.name), showOnlyMarked(false), showPane('table'));
			rememberView(store, screen);
		},
	},
	{
		id: 'test-profile',
		label: 'test',
		help: 'Test this profile: ask it for one page and show each step.',
		footer: 2,
		unavailable: whyNotAsk,
		run(context) {
			const chosen = chosenIn(context);
			if (chosen) context.store.send({type: 'test', profile: chosen.name});
		},
	},
	{
		id: 'log-in',
		label: 'log in',
		help: 'Read the credential of this profile again and poll it; cancellations that wait for it continue.',
		footer: 3,
		unavailable(question) {
			const chosen = chosenIn(question);
			if (chosen && chosen.credential === undefined) return `${chosen.name} has no credential to read again`;
			return whyNotAsk(question);
		},
		run(context) {
			const chosen = chosenIn(context);
			if (!chosen) return;
			if (chosen.credentialProgram) context.host.logIn(chosen.name);
			else context.store.send({type: 'log-in', profile: chosen.name});
		},
	},
	{
		id: 'turn-profile',
		label: 'on or off',
		help: 'Turn this profile off until you quit, or on again: no polls, no rows. jobtop still follows its cancellations.',
		footer: 4,
		run(context) {
			const chosen = chosenIn(context);
			if (!chosen) return;
			const enabled = isOff(context, chosen);
			context.store.send({type: 'enable', profile: chosen.name, enabled});
			const turned = enabled ? 'on' : 'off until you quit';
			context.store.change(say(`${chosen.name} is turned ${turned}`));
		},
	},
	...menuCommands('profiles', {
		footer: 5,
		next: 'Go to the next profile.',
		previous: 'Go to the previous profile.',
		close: 'Close the profiles.',
		length: ({state}) => state.known.profiles.length,
	}),
];
