import type {Backend, Connection} from '../backends/backend.ts';
import {profileKinds} from './profile-kinds.ts';
import type {ProfileSetting} from './profile-setting.ts';
import type {Environment} from './state-directory.ts';

/** Opens profiles. Nothing is asked yet. */
export const connectAll = (profiles: readonly ProfileSetting[], env: Environment): readonly Connection[] =>
	profiles.map(({name, entry: configured, folder, readOnly, intervalMs, limits}) => {
		const entry = {...configured, ...limits};
		const {traits, open} = profileKinds[entry.backend];
		const backend = open(name, entry as never, {env, folder});
		return {
			profile: name,
			traits: {
				...traits,
				...(entry.concurrency !== undefined && {concurrency: entry.concurrency}),
				...(entry.rate !== undefined && {rate: entry.rate}),
				...(intervalMs !== undefined && {intervalMs}),
			},
			backend: readOnly ? withoutChanges(backend) : backend,
			...(readOnly && {readOnly}),
		};
	});

/** A capability is a method: what is read-only has none that changes anything. */
const withoutChanges = ({listPage, get, getMany, logs, listen, results, close}: Backend): Backend => ({
	listPage,
	...(get && {get}),
	...(getMany && {getMany}),
	...(logs && {logs}),
	...(listen && {listen}),
	...(results && {results}),
	...(close && {close}),
});
