import {actionsCommands} from './actions.ts';
import {cancellingCommands} from './cancelling.ts';
import type {Command} from './command.ts';
import {confirmingCommands} from './confirming.ts';
import {findingCommands} from './finding.ts';
import {foldingCommands} from './folding.ts';
import {logCommands} from './logs.ts';
import {lookingCommands} from './looking.ts';
import {markingCommands} from './marking.ts';
import {movingCommands} from './moving.ts';
import {namingCommands} from './naming.ts';
import {narrowingCommands} from './narrowing.ts';
import {profilesCommands} from './profiles.ts';
import {programCommands} from './program.ts';
import {removingCommands} from './removing.ts';
import {runningCommands} from './running.ts';
import {sharingCommands} from './sharing.ts';

/** Everything that the user can do. The footer, the help and the table of keys are made from it. */
export const commands: readonly Command[] = [
	...movingCommands,
	...lookingCommands,
	...logCommands,
	...markingCommands,
	...cancellingCommands,
	...confirmingCommands,
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
