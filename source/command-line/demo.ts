import type {DemoOptions} from '../demo/index.ts';
import {startDemo} from '../demo/index.ts';
import type {Console} from './console.ts';

/** Leaves the embedded job systems running until somebody interrupts, and prints a configuration for them. */
export const serveDemo = async (options: DemoOptions, console: Console): Promise<number> => {
	const demo = await startDemo(options);
	const tables = demo.profiles.map(
		({name, backend, url}) => `[profiles.${name}]\nbackend = "${backend}"\nurl = "${url}"\n`,
	);
	console.data(tables.join('\n'));
	console.say(
		'jobtop: the embedded job systems are listening; save the above as a file and run jobtop --config FILE; Ctrl-C ends them',
	);
	const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;
	const code = await new Promise<number>(resolve => {
		for (const [signal, code] of Object.entries(signals)) process.once(signal, () => resolve(code));
	});
	await demo.close();
	return code;
};
