/*
What a site says for all who use jobtop on its machines, before the file of a user.
*/
import {isAbsolute, join} from 'node:path';
import type {Environment} from '../process/state-directory.ts';

/**
The configuration files of the site that would be read, the strongest first: those of XDG_CONFIG_DIRS (`/etc/xdg` where it names none; what is not absolute does not count, as the XDG Base Directory Specification says), then `/etc/jobtop/config.toml`, which is read whatever the environment says. `etc`: where a machine keeps its configuration.
*/
export const siteFiles = (env: Environment, etc = '/etc'): readonly string[] => {
	const said = (env.XDG_CONFIG_DIRS ?? '').split(':').filter(isAbsolute);
	const folders = said.length > 0 ? said : [join(etc, 'xdg')];
	return [...new Set([...folders, etc].map(folder => join(folder, 'jobtop', 'config.toml')))];
};
