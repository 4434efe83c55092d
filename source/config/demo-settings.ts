import type {ProfileSetting} from './profile-setting.ts';

type EmbeddedProfile = {readonly name: string; readonly backend: 'weaver'; readonly url: string};

/** The embedded job systems as profiles. */
export const demoSettings = (profiles: readonly EmbeddedProfile[]): readonly ProfileSetting[] =>
	profiles.map(({name, backend, url}) => ({
		name,
		entry: {backend, url},
		folder: process.cwd(),
		protect: false,
		readOnly: false,
	}));
