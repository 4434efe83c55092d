import {createHash} from 'node:crypto';
import {join} from 'node:path';

/** Where the engine keeps what it knows of the job systems of a configuration. */
export type KeptPlace = {
	readonly stateDirectory: string;
	/** The path of the configuration file; absent for the usual one. Each file has its own: a profile of the same name can be another job system. */
	readonly configuration?: string;
};

/** The path of such a file. */
export const keptFile = (name: string, {stateDirectory, configuration}: KeptPlace): string => {
	const key =
		configuration === undefined
			? ''
			: `-${createHash('sha256').update(configuration).digest('hex').slice(0, 12)}`;
	return join(stateDirectory, `${name}${key}.json`);
};
