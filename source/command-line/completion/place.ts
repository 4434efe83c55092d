import type {Command, Option} from 'commander';
import type {ConfigurationFlags} from '../../config/files.ts';

/** A completion, and its description. */
export type Candidate = readonly [word: string, about: string];

/** The facts about the words before the completed one. */
export type Place = {
	readonly command: Command;
	/** The option that needs a value. */
	readonly option?: Option;
	/** The index of the next argument. */
	readonly position: number;
	readonly flags: ConfigurationFlags;
	/** Whether the command is about the built-in job systems, which do not run now. */
	readonly embedded: boolean;
};
