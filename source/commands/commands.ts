import {actionsCommands} from './actions.ts';
import {cancellingCommands} from './cancellation/cancelling.ts';
import {confirmingCommands} from './cancellation/confirming.ts';
import {removingCommands} from './cancellation/removing.ts';
import {runningCommands} from './cancellation/running.ts';
import type {Command} from './command.ts';
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
