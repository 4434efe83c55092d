import type {Command} from 'commander';
import {faultHelp} from '../fault-option.ts';
import {demoOptions, fault, number} from '../options.ts';
import {CommandError} from '../output/command-error.ts';
import {type Acting, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';
import {type OpenScreen, onScreen, openOrPrint} from './screen.ts';

/** The embedded job systems; commands are put below it as they are below the program. */
export const defineDemo = (parent: Command, acting: Acting, openScreen: OpenScreen): Command => {
	const demo = parent
		.command('demo')
		.usage('[options] [command]')
		.description('the embedded job systems: the screen on them, any command on them, or only the servers')
		.argument('[command...]')
		.option('--seed <text>', 'the same seed gives the same jobs')
		.option('--jobs <n>', 'how many each system begins with', number(0, 200_000))
		.option('--speed <x>', 'how much faster than life', number(0.01, 1000, false))
		.option('--fault <fault>', 'what goes wrong: [SYSTEM=]NAME[:SHARE][@TIME] (can be repeated)', fault)
		.option('--serve', 'only the servers, until you interrupt them')
		.option('--port <n>', 'with --serve: where they listen, six ports from this one on', number(0, 65_530))
		.addHelpText('after', faultHelp());
	demo.action(
		acting(async asked => {
			const {
				options,
				words: [words],
				console,
			} = asked;
			refuseUnknown(words as readonly string[], demo);
			if (options.port !== undefined && !options.serve)
				throw new CommandError('--port has a use only with --serve');
			if (options.serve) {
				const {serveDemo} = await import('../demo.ts');
				return serveDemo(demoOptions(options), console);
			}
			return openOrPrint(asked, async () => {
				const {demoStateDirectory} = await import('../session.ts');
				const state = demoStateDirectory();
				const {port: _port, ...embedded} = demoOptions(options);
				try {
					return await openScreen({...onScreen(options), demo: embedded, stateDirectory: state.path});
				} finally {
					state.remove();
				}
			});
		}),
	);
	return withExamples(
		demo,
		['jobtop demo', 'the screen on it'],
		['jobtop demo --seed a list', 'the same jobs each time'],
		[
			'jobtop demo --fault tapis=broken:0.3 cancel --query profile:tapis -y',
			'where three of ten requests fail',
		],
		['jobtop demo --serve --port 9000 > demo.toml', 'servers for tests of your own'],
	);
};
