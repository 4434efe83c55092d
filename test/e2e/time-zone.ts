/*
The built program in the zone of its terminal, and in UTC by its configuration.
*/
import {test} from 'node:test';
import {openProgram, openServer, skip} from '../helpers/program.ts';

for (const [TZ, settings, header] of [
	['Europe/Berlin', '', / \d\d:\d\d (?:CES?T|\+0[12]:00) *\n/],
	['Asia/Kathmandu', '', / \d\d:\d\d \+05:45 *\n/],
	['Asia/Kathmandu', 'time_zone = "utc"', / \d\d:\d\d UTC *\n/],
	['Nonsense/Nowhere', '', / \d\d:\d\d UTC *\n/],
] as const) {
	test(`the header in the zone ${TZ} ${settings}`, {skip}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'mesh', process: 'sleeper'});
		const terminal = openProgram(context, server.url, {env: {TZ}, settings});
		await terminal.until('mesh');
		await terminal.until(header);
	});
}
