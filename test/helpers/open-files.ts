import {readdirSync, readlinkSync} from 'node:fs';

/** The files below this folder that this process has open, in paths from there; empty where the system does not list them. */
export const openFilesIn = (folder: string): readonly string[] => {
	const place = '/proc/self/fd';
	if (process.platform !== 'linux') return [];
	return readdirSync(place).flatMap(number => {
		try {
			const path = readlinkSync(`${place}/${number}`);
			return path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [];
		} catch {
			// The list itself was read with a descriptor that is closed by now.
			return [];
		}
	});
};

/** Resolves once this process has no file open in the folder. */
export const noneOpenIn = async (folder: string): Promise<void> => {
	while (openFilesIn(folder).length > 0) await new Promise(setImmediate);
};
