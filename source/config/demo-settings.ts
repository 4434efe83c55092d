import type {ProfileEntry} from './profile-kinds.ts';
import type {ProfileSetting} from './profile-setting.ts';

/** The embedded job systems as configured profiles. */
export const demoSettings = (
	profiles: readonly ({readonly name: string} & ProfileEntry)[],
): readonly ProfileSetting[] =>
	profiles.map(({name, ...entry}) => ({name, entry, folder: '/', protect: false, readOnly: false}));
