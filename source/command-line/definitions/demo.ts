import type {Command} from 'commander';
import {programSystems, usualSystems} from '../../demo/imposed-faults.ts';
import {faultHelp} from '../fault-option.ts';
import {type DemoFlags, demoOptions, fault, type GlobalOptions, number, systems} from '../options.ts';
import {CommandError} from '../output/command-error.ts';
import {type Acting, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';
import {type OpenScreen, onScreen, openOrPrint} from './screen.ts';

/** How many times faster than people read the tour is, for tests and recordings. */
const tourSpeed = ({JOBTOP_TOUR_SPEED: speed}: NodeJS.ProcessEnv): number => Math.max(0, Number(speed)) || 1;

/** Throws if there is no screen for the tour, or if it may not do what it shows. */
const refuseTour = ({plain, serve, readOnly, systems}: GlobalOptions & DemoFlags): void => {
	const needs = 'needs the screen of a terminal';
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
	const wrong = [
		[systems, 'shows the usual systems; leave --systems out'],
		[readOnly, 'cancels jobs of the demo; leave --read-only out'],
		[serve, `${needs}; leave --serve out`],
		[plain, `${needs}; leave --plain out`],
		[process.env.TERM === 'dumb', `${needs}, and TERM is dumb`],
		[!isTerminal, `${needs}, and there is none here`],
	] as const;
	const why = wrong.find(([isWrong]) => isWrong)?.[1];
	if (why !== undefined) throw new CommandError(`--tour ${why}`);
};

/** The built-in job systems; `demo` has the same subcommands as the program. */
export const defineDemo = (parent: Command, acting: Acting, openScreen: OpenScreen): Command => {
	const demo = parent
		.command('demo')
		.usage('[options] [command]')
		.description('use the built-in job systems: the screen, one of these commands, or servers only')
		.argument('[command...]')
		.option(
			'--systems <names>',
			`job systems, with commas between them (default: ${usualSystems.join(',')}); as programs: ${programSystems.join(',')}`,
			systems,
		)
		.option('--seed <text>', 'the same seed gives the same jobs')
		.option('--jobs <n>', 'jobs on each system at the start', number(0, 200_000))
		.option('--speed <x>', 'how many times faster jobs run', number(0.01, 1000, false))
		.option('--fault <fault>', 'fault to imitate: [SYSTEM=]NAME[:SHARE][@TIME] (repeatable)', fault)
		.option('--serve', 'start only the servers, until interrupted')
		.option('--save <file>', 'with --serve: write the configuration to this file once the servers listen')
		.option(
			'--port <n>',
			'with --serve: first of the ports: one for each system, then the control address',
			number(0, 65_520),
		)
		.option(
			'--tour',
			'let the demo type its first keys by itself and explain them; any key of yours stops that',
		)
		.addHelpText('after', faultHelp());
	demo.action(
		acting(async asked => {
			const {
				options,
				words: [words],
				console,
			} = asked;
			refuseUnknown(words as readonly string[], demo);
			if (options.port !== undefined && !options.serve) throw new CommandError('--port needs --serve');
			if (options.save !== undefined && !options.serve) throw new CommandError('--save needs --serve');
			if (options.tour) refuseTour(options);
			if (options.serve) {
				const {serveDemo} = await import('../demo.ts');
				return serveDemo(demoOptions(options), options.save, console);
			}
			return openOrPrint(asked, async () => {
				const {demoStateDirectory} = await import('../session.ts');
				const state = demoStateDirectory();
				const {port: _port, ...embedded} = demoOptions(options);
				try {
					return await openScreen({
						...onScreen(options),
						...(options.tour && {tour: tourSpeed(process.env)}),
						demo: embedded,
						stateDirectory: state.path,
					});
				} finally {
					state.remove();
				}
			});
		}),
	);
	return withExamples(
		demo,
		['jobtop demo', 'open the screen'],
		['jobtop demo --tour', 'watch what the keys do'],
		['jobtop demo --seed a list', 'list the same jobs every time'],
		['jobtop demo --systems slurm,kubernetes', 'use these systems'],
		[
			'jobtop demo --fault tapis=broken:0.3 cancel --query profile:tapis -y',
			'cancel while three in ten requests fail',
		],
		['jobtop demo --serve --port 9000 --save demo.toml', 'start servers for your own tests'],
	);
};
