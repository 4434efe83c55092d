import type {System} from '../job/system.ts';
import type {HttpOptions} from './http.ts';

/** Which system a server is: its address without user, query and credential, and the account or tenant in whose name it is asked, where that is configured. */
export const httpSystem = (
	kind: string,
	{url, socketPath, account}: Pick<HttpOptions, 'url' | 'socketPath' | 'account'>,
): System => {
	const {origin, pathname} = new URL(url);
	const address = socketPath === undefined ? origin + pathname.replace(/\/+$/, '') : `unix:${socketPath}`;
	return {kind, address, ...(account !== undefined && {account})};
};
