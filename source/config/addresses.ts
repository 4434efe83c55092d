import {dexUrl} from '../backends/dex/index.ts';
import {ionworksUrl} from '../backends/ionworks/index.ts';
import {tensorpoolUrl} from '../backends/tensorpool/index.ts';
import type {ProfileEntry} from './profile-kinds.ts';

/** Where services are that have one address for everybody. */
const usual: Partial<Record<ProfileEntry['backend'], string>> = {
	ionworks: ionworksUrl,
	tensorpool: tensorpoolUrl,
	dex: dexUrl,
};

/** The address that a profile is reached at; undefined where it is programs. */
export const addressOf = (entry: ProfileEntry): string | undefined =>
	('url' in entry ? entry.url : undefined) ?? usual[entry.backend];
