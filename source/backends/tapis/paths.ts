import {pathSegment} from '../http.ts';

/** What stands before the path of every job. */
export const apiPath = '/v3/jobs';

/** Below `apiPath`. */
export const jobPath = (id: string): string => `/${pathSegment(id)}`;
