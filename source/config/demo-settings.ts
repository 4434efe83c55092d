import type {ProfileEntry} from './profile-entries.ts';
import type {ProfileSetting} from './profile-setting.ts';

type EmbeddedProfile = {readonly name: string} & ProfileEntry;

/** The embedded job systems as profiles. */
export const demoSettings = (profiles: readonly EmbeddedProfile[]): readonly ProfileSetting[] =>
	profiles.map(({name, ...entry}) => ({
		name,
		entry,
		// Their entries name no files.
		folder: '/',
		protect: false,
		readOnly: false,
	}));
