import type {DemoOptions} from '../demo/index.ts';
import {startDemo} from '../demo/index.ts';
import type {Console} from './console.ts';

/** Leaves the embedded job systems running until somebody interrupts, and prints a configuration for them. */
export const serveDemo = async (options: DemoOptions, console: Console): Promise<number> => {
	const demo = await startDemo(options);
	// A JSON text is a TOML text, and so is a list of them.
	const tables = demo.profiles.map(({name, ...entry}) =>
		[
			`[profiles.${name}]`,
			...Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
			'',
		].join('\n'),
	);
	const keys = Object.entries(demo.env)
		.map(([name, value]) => `${name}=${value}`)
		.join(' ');
	console.data(tables.join('\n'));
	console.say(
		`jobtop: the embedded job systems are listening; save the above as FILE and run ${keys} jobtop --config FILE; Ctrl-C ends them`,
	);
	const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;
	const code = await new Promise<number>(resolve => {
		for (const [signal, code] of Object.entries(signals)) process.once(signal, () => resolve(code));
	});
	await demo.close();
	return code;
};
