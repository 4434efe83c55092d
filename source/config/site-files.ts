/*
The configuration files of a site, for all users of its machines.
*/
import {isAbsolute, join} from 'node:path';
import type {Environment} from '../process/state-directory.ts';

/**
The paths of the site's configuration files, the strongest first: those of XDG_CONFIG_DIRS (`/etc/xdg` if it names none; relative paths are ignored, as the XDG Base Directory Specification requires), then `/etc/jobtop/config.toml`, whatever the environment says. `etc`: the machine's configuration folder.
*/
export const siteFiles = (env: Environment, etc = '/etc'): readonly string[] => {
	const listed = (env.XDG_CONFIG_DIRS ?? '').split(':').filter(isAbsolute);
	const folders = listed.length > 0 ? listed : [join(etc, 'xdg')];
	return [...new Set([...folders, etc].map(folder => join(folder, 'jobtop', 'config.toml')))];
};
