import {allAbilities} from '../source/backends/abilities.ts';
import {markdown} from '../source/command-line/profiles/backends.ts';
import {withBlock} from './generated-block.ts';

/** The text with its table of systems as the backends are. */
export const withBackendTable = async (text: string): Promise<string> =>
	withBlock(text, 'backends', markdown(await allAbilities()));
