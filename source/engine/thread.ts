/*
The engine thread: the engine behind a message port. Only this thread reads the configuration and talks to the job systems, so that neither waits for a screen.
*/
import {parentPort, workerData} from 'node:worker_threads';
import type {Connection} from '../backends/backend.ts';
import {connectAll} from '../config/connect.ts';
import {demoSettings} from '../config/demo-settings.ts';
import type {ConfigurationFlags} from '../config/files.ts';
import {loadConfiguration} from '../config/load.ts';
import {openRequestLog} from '../config/request-log.ts';
import type {Demo, DemoOptions} from '../demo/index.ts';
import {systemClock} from '../process/clock.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {garbageCollection} from '../process/garbage.ts';
import {otherConfiguration, stateDirectory} from '../process/state-directory.ts';
import {onWarning} from '../process/warnings.ts';
import {writeEarlierBatch} from './earlier-batch.ts';
import {createEngine} from './engine.ts';
import type {Intention, Patch, ScreenSettings} from './protocol.ts';

/** The start options of the engine thread. Plain data. */
export type EngineStart = {
	readonly flags: ConfigurationFlags;
	/** Watch only the embedded job systems. */
	readonly demo?: Pick<DemoOptions, 'systems' | 'seed' | 'jobs' | 'opening' | 'speed' | 'faults' | 'jobtop'>;
	/** The directory for journals; default: the usual place. */
	readonly stateDirectory?: string;
};

const port = parentPort;
const start = workerData as EngineStart;

const collectNowAndThen = garbageCollection();

const report = (patches: readonly Patch[]) => {
	port?.postMessage(patches);
	if (patches.some(({type}) => type === 'jobs')) collectNowAndThen();
};

onWarning(text => {
	// The top of the screen says this already.
	if (text.includes('NODE_TLS_REJECT_UNAUTHORIZED')) return;
	report([{type: 'notice', notice: {at: systemClock.now(), tone: 'warning', text}}]);
});

/** Milliseconds of processor time of this thread; where Node does not count that, for how long it was busy. */
const busyMs = (): number => {
	if (typeof process.threadCpuUsage !== 'function') return performance.eventLoopUtilization().active;
	const {user, system} = process.threadCpuUsage();
	return (user + system) / 1000;
};

type Watched = {
	readonly connections: readonly Connection[];
	readonly readOnly: boolean;
	readonly lookedFor: readonly string[];
	readonly limited?: string;
	readonly protect: readonly string[];
	readonly settings?: ScreenSettings;
	readonly configuration?: string;
	readonly demo?: Demo;
};

const watchDemo = async (options: NonNullable<EngineStart['demo']>): Promise<Watched> => {
	const {startDemo} = await import('../demo/index.ts');
	const demo = await startDemo(options);
	const {profiles: names = [], readOnly = false} = start.flags;
	const profiles = demo.profiles.filter(({name}) => names.length === 0 || names.includes(name));
	const connections = await connectAll(
		demoSettings(profiles).map(setting => ({...setting, readOnly})),
		{...process.env, ...demo.env},
		{log: openRequestLog(start.flags), programTerminal: 'none'},
	);
	// A read-only jobtop resumes nothing.
	if (start.stateDirectory !== undefined && !readOnly) {
		await writeEarlierBatch(start.stateDirectory, demo.earlier, connections);
	}
	return {connections, readOnly, lookedFor: [], protect: [], demo};
};

const watchConfigured = async (): Promise<Watched> => {
	const {path, profiles, settings, lookedFor, limited} = await loadConfiguration({
		env: process.env,
		flags: start.flags,
	});
	return {
		...otherConfiguration(path, process.env),
		connections: await connectAll(profiles, process.env, {
			log: openRequestLog(start.flags),
			// The screen has the terminal.
			programTerminal: 'none',
		}),
		readOnly: settings.readOnly,
		lookedFor,
		...(limited !== undefined && {limited}),
		settings: {
			theme: settings.theme,
			...(settings.plain && {plain: true as const}),
			...(settings.mouse && {mouse: true as const}),
			timeZone: settings.timeZone,
			notify: settings.notify,
			queries: settings.queries,
			...(settings.keys && {keys: settings.keys}),
		},
		protect: profiles.filter(({protect}) => protect).map(({name}) => name),
	};
};

try {
	const {connections, readOnly, lookedFor, limited, protect, settings, configuration, demo} =
		await (start.demo ? watchDemo(start.demo) : watchConfigured());
	const engine = createEngine({
		connections,
		clock: systemClock,
		stateDirectory: start.stateDirectory ?? stateDirectory(process.env),
		// The folder of a demo is removed at its end.
		...(start.demo && {exportPlace: 'working-directory' as const}),
		report,
		busyMs,
		scope: {everyone: false, ended: false},
		park: true,
		readOnly,
		lookedFor,
		...(limited !== undefined && {limited}),
		protect,
		...(settings && {settings}),
		...(configuration !== undefined && {configuration}),
		unchecked: process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0',
	});
	port?.on('message', async (intention: Intention) => {
		if (intention.type !== 'stop') return engine.handle(intention);
		await demo?.close();
		await engine.stop();
	});
	engine.start();
} catch (error) {
	if (!(error instanceof ConfigurationError)) throw error;
	report([{type: 'fatal', message: error.message, exitCode: 2}]);
}
