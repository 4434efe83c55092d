import type {ScreenSettings} from '../engine/protocol.ts';
import {bindingOf, isCommandId} from '../keys/bindings.ts';
import type {Keys} from '../keys/rebinding.ts';
import {keyWord} from '../keys/words.ts';
import {rememberedBy} from '../text/remembered.ts';
import {actionsCommands} from './actions.ts';
import {cancellingCommands} from './cancellation/cancelling.ts';
import {confirmingCommands} from './cancellation/confirming.ts';
import {readingCommands} from './cancellation/reading.ts';
import {removingCommands} from './cancellation/removing.ts';
import {runningCommands} from './cancellation/running.ts';
import type {Command, CommandDefinition} from './command.ts';
import {logCommands} from './detail/logs.ts';
import {lookingCommands} from './detail/looking.ts';
import {sharingCommands} from './detail/sharing.ts';
import {namingCommands} from './keys/naming.ts';
import {profilesCommands} from './program/profiles.ts';
import {programCommands} from './program/program.ts';
import {findingCommands} from './table/finding.ts';
import {foldingCommands} from './table/folding.ts';
import {markingCommands} from './table/marking.ts';
import {movingCommands} from './table/moving.ts';
import {narrowingCommands} from './table/narrowing.ts';

const definitions: readonly CommandDefinition[] = [
	...movingCommands,
	...lookingCommands,
	...logCommands,
	...markingCommands,
	...cancellingCommands,
	...confirmingCommands,
	...readingCommands,
	...removingCommands,
	...actionsCommands,
	...narrowingCommands,
	...findingCommands,
	...foldingCommands,
	...runningCommands,
	...namingCommands,
	...profilesCommands,
	...sharingCommands,
	...programCommands,
];

type KeySettings = Pick<ScreenSettings, 'keys'>;

/** All commands, with these keys by id in place of their own. */
const withKeys = (keys: Keys): readonly Command[] =>
	definitions.map(definition => {
		const binding = bindingOf(definition.id);
		return {
			...definition,
			...binding,
			keys: keys[definition.id] ?? binding.keys,
			help: withKeyWords(definition.help, keys),
		};
	});

/** A sentence with the keys of the commands that it names in braces. */
const withKeyWords = (sentence: string, keys: Keys): string =>
	sentence.replace(/\{([a-z-]+)\}/g, (whole, id) =>
		isCommandId(id) ? keyWord({known: {settings: {keys}}}, id) : whole,
	);

/** Everything that the user can do. The footer, the help and the table of keys are derived from it. */
export const commands: readonly Command[] = withKeys({});

const commandsWith = rememberedBy(({keys = {}}: KeySettings) => withKeys(keys));

/** All commands, with the keys from the configuration. */
export const commandsOf = ({
	known: {settings},
}: {
	readonly known: {readonly settings: KeySettings};
}): readonly Command[] => (settings.keys ? commandsWith(settings) : commands);
