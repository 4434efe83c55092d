import type {System} from '../../job/system.ts';

/** Which PBS it is: its server, and the machine whose programs are run where that is another one. */
export const pbsSystem = (server: string | undefined, host: string | undefined): System => ({
	kind: 'pbs',
	...(server !== undefined && {server}),
	...(host !== undefined && {host}),
});
