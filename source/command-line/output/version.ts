import {readFileSync} from 'node:fs';

/** The version of jobtop: from the build, else from the package. */
export const version = (): string =>
	process.env.JOBTOP_VERSION ??
	(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {version: string})
		.version;
