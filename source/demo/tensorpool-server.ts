import {type Clock, wait} from '../process/clock.ts';
import {invalid, isComplaint, longId, readFlag} from './fastapi.ts';
import {type Answer, json} from './faults.ts';
import type {WorldJob, WorldPhase} from './lives.ts';
import {createNamedJobs, type JobControls} from './named-jobs.ts';
import {createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type Conversation, type DemoServer, decodeSegment, serve} from './server.ts';
import type {Line} from './websocket.ts';
import type {World} from './world.ts';

/** An embedded TensorPool: its jobs by their ids, and the ways to make it fail. */
export type TensorpoolServer = DemoServer & JobControls;

export type TensorpoolServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** Only who sends it, as a bearer token or as the first message of a conversation, is served. */
	readonly key: string;
	/** How much faster than life a cancellation is; 1 if not said. */
	readonly speed?: number;
	/** Milliseconds that a cancellation takes; 6 seconds of life if not said. */
	readonly noticeMs?: number;
	/** What a cancel is answered: the job's status, or a request that stands for it. The documentation says both. */
	readonly cancelAnswer?: 'status' | 'request';
	/** What the organization's list holds; all of it if not said. The documentation says that it stands in place of one's own. */
	readonly organization?: 'all' | 'others';
	/** 0, or not said: any that is free. */
	readonly port?: number;
};

/** What its jobs are, for a scenario. */
export const tensorpoolTasks = [
	'llama-sft',
	'whisper-tune',
	'sdxl-lora',
	'gpt2-eval',
	'vit-pretrain',
] as const;

/** Those whose jobs only the organization sees, and which nobody else may touch. */
export const tensorpoolStrangers: ReadonlySet<string> = new Set(['emeka', 'freya']);

const instances = ['1xH100', '8xH100', '1xB200', '4xL40S'] as const;

const mostInMessage = 50;
const slowAnswerMs = 2000;
const tellsAfterMs = 1000;
// Its machines take their time.
const noticesAfterMs = {usual: 6000, stubborn: 20_000} as const;

const words: Readonly<Record<WorldPhase, string>> = {
	held: 'pending',
	queued: 'pending',
	running: 'running',
	succeeded: 'completed',
	failed: 'failed',
	cancelled: 'canceled',
};

const messages: Readonly<Record<string, string>> = {
	pending: 'Waiting for an instance',
	running: 'Executing',
	canceling: 'Cancellation in progress',
	completed: 'Finished',
	error: 'The command exited with an error',
	failed: 'The instance was lost',
	canceled: 'Canceled',
};

const hasEnded = ({phase}: WorldJob): boolean =>
	phase === 'succeeded' || phase === 'failed' || phase === 'cancelled';

export const startTensorpoolServer = async (options: TensorpoolServerOptions): Promise<TensorpoolServer> => {
	const {world, clock, seed, key, speed = 1, noticeMs} = options;
	const {cancelAnswer = 'status', organization = 'all'} = options;
	const uuidOf = (...parts: (string | number)[]) => createUuid(createRandom(seedOf(seed, ...parts)));
	const jobs = createNamedJobs(world, index => `j-${uuidOf('id', index).replaceAll('-', '').slice(0, 12)}`);

	const isOurs = ({plan}: WorldJob) => !tensorpoolStrangers.has(plan.owner);
	const isStopping = (index: number, job: WorldJob) =>
		!hasEnded(job) && world.history(index).some(({what}) => what === 'stop');

	const wordOf = (index: number, job: WorldJob): string => {
		if (isStopping(index, job)) return 'canceling';
		// Half of what fails is the user's own program.
		return job.phase === 'failed' && index % 2 === 0 ? 'error' : words[job.phase];
	};

	/** A job in words. The official tool prints the message of an answer, and nothing else of it. */
	const lineOf = (index: number, job: WorldJob) =>
		`${jobs.idOf(index)}  ${wordOf(index, job).padEnd(9)}  ${job.plan.name}`;

	const listMessage = (found: readonly number[], total: number): string => {
		const lines = found.slice(0, mostInMessage).map(index => lineOf(index, world.job(index) as WorldJob));
		const more = total > mostInMessage ? [`and ${total - mostInMessage} more`] : [];
		return [`${total} jobs`, ...lines, ...more].join('\n');
	};

	const record = (index: number, job: WorldJob): unknown => {
		const id = jobs.idOf(index);
		const status = wordOf(index, job);
		const exitCodes: Readonly<Record<string, number>> = {completed: 0, error: 1};
		return jobs.sent(id, {
			id,
			name: job.plan.name,
			status,
			exit_code: exitCodes[status] ?? null,
			instance_type: instances[index % instances.length],
			message: messages[status],
		});
	};

	const list = (call: Call): Answer => {
		const shared = readFlag(call, 'include_org');
		if (isComplaint(shared)) return invalid(shared);
		const only = (index: number) => {
			const job = world.job(index);
			return job !== undefined && (isOurs(job) ? !shared || organization === 'all' : shared);
		};
		const {jobs: found, total} = world.list({first: 0, limit: Number.MAX_SAFE_INTEGER, only});
		const records = found.map(index => record(index, world.job(index) as WorldJob));
		return json(200, {jobs: records, message: listMessage(found, total)});
	};

	const cancel = async (index: number, job: WorldJob): Promise<Answer> => {
		const id = jobs.idOf(index);
		if (job.phase === 'cancelled') {
			return json(200, {job_id: id, message: 'Job is already canceled', status: 'canceled'});
		}
		if (hasEnded(job)) return json(400, {detail: `Job ${id} is not in a cancelable state`});
		const {quirk} = job.plan;
		const life = noticesAfterMs[quirk === 'stubborn' ? 'stubborn' : 'usual'];
		const wins = quirk === 'late-write' && job.phase === 'running';
		world.stop(index, noticeMs ?? life / speed, wins ? 'succeeded' : 'cancelled');
		if (quirk === 'slow') await wait(clock, slowAnswerMs);
		if (cancelAnswer === 'request') {
			const request = {request_id: uuidOf('request', index), message: 'Request accepted'};
			return json(202, request, {'retry-after': '5'});
		}
		const status = wordOf(index, world.job(index) ?? job);
		return json(202, {job_id: id, message: 'Job cancellation initiated', status});
	};

	const remove = (index: number, job: WorldJob): Answer => {
		if (!hasEnded(job)) return json(400, {message: 'Only an ended job can be deleted'});
		world.remove(index);
		return json(200, {message: 'Job deleted'});
	};

	/** Where the outputs are, and a line for the shell of whoever asks. The official tool runs it unasked: it must do nothing. */
	const pull = (index: number, job: WorldJob, call: Call): Answer => {
		const dry = readFlag(call, 'dry_run');
		if (isComplaint(dry)) return invalid(dry);
		const id = jobs.idOf(index);
		const signed = (file: string) =>
			`https://storage.demo.invalid/${id}/${file}?X-Amz-Signature=${uuidOf(file, index)}`;
		const files = job.phase === 'succeeded' ? {'outputs/model.safetensors': signed('model.safetensors')} : {};
		const rsync = `rsync -avz ${dry ? '--dry-run ' : ''}tp@${id}.demo.invalid:/outputs/ ./${id}/`;
		return json(200, {
			message: `Outputs of ${id}`,
			download_map: job.startedAt === undefined ? {} : {...files, 'outputs/train.log': null},
			command: `echo 'The demo has nothing to fetch. A TensorPool would say ${rsync}'`,
			command_show_stdout: true,
		});
	};

	type Route = (index: number, job: WorldJob, call: Call) => Answer | Promise<Answer>;
	const routes: Readonly<Record<string, Route>> = {
		'GET info': (index, job) => json(200, {message: lineOf(index, job), job_info: record(index, job)}),
		'POST cancel': cancel,
		'DELETE delete': remove,
		'GET pull': pull,
	};

	const dialect = async (call: Call): Promise<Answer> => {
		if (call.path === '/healthz') return json(200, {status: 'ok'});
		if (call.expired || call.header('authorization') !== `Bearer ${key}`)
			return json(401, {message: 'Invalid API key'});
		// The official tool asks this before anything else.
		if (call.path === '/health' && call.method === 'POST') {
			return json(200, {message: 'This is the TensorPool of the jobtop demo'});
		}
		if (call.path === '/user/info' && call.method === 'GET')
			return json(200, {message: 'A user of the demo'});
		if (call.path === '/job/list' && call.method === 'GET') return list(call);
		const [, head, what = '', segment = '', ...rest] = call.path.split('/');
		const route = routes[`${call.method} ${what}`];
		if (head !== 'job' || route === undefined || rest.length > 0) return json(404, {detail: 'Not Found'});
		const id = decodeURIComponent(segment);
		if (id === '') {
			return invalid({loc: ['path', 'job_id'], msg: 'String should not be empty', type: 'string_type'});
		}
		const tooLong = longId(id, 'job_id');
		if (tooLong !== undefined) return invalid(tooLong);
		const index = jobs.numberOf(id);
		if (index < 0 && !/^j-\w+$/.test(id)) return json(400, {message: 'Invalid job ID format'});
		const job = what === 'info' ? world.look(index) : world.job(index);
		if (job === undefined) return json(404, {message: `Job ${id} not found`});
		if (!isOurs(job) && what !== 'info') return json(403, {error: 'Access denied'});
		return route(index, job, call);
	};

	const converse: Conversation = (call, line) => {
		const id = /^\/job\/listen\/([^/]+)$/.exec(call.path)?.[1];
		line.onMessage(text => {
			if (call.expired || keyIn(text) !== key) return line.close(1008, 'Invalid API key');
			const index = jobs.numberOf(decodeSegment(id ?? ''));
			const job = world.job(index);
			if (job === undefined) {
				line.send(JSON.stringify({status: 'error', message: `Job ${id} not found`}));
				return line.close(1000);
			}
			tellLog(line, index);
		});
	};

	/** What the job printed so far, and what it prints from now on, until it has ended. */
	const tellLog = (line: Line, index: number) => {
		let told = 0;
		let takeBack = () => {};
		line.onEnd(() => takeBack());
		const say = (content: unknown) => line.send(JSON.stringify(content));
		const tell = () => {
			const job = world.job(index);
			if (job === undefined) return line.close(1000, 'The job was deleted');
			const lines = linesOf(job);
			for (const message of lines.slice(told)) say({message});
			told = Math.max(told, lines.length);
			if (!hasEnded(job)) {
				takeBack = clock.after(tellsAfterMs, tell);
				return;
			}
			const word = wordOf(index, job);
			say({status: word === 'completed' ? 'success' : 'error', message: messages[word]});
			line.close(1000);
		};
		tell();
	};

	const server = await serve(dialect, clock, options.port, converse);
	return {...server, ...jobs.controls};
};

const keyIn = (text: string): unknown => {
	try {
		return (JSON.parse(text) as {readonly TENSORPOOL_KEY?: unknown}).TENSORPOOL_KEY;
	} catch {
		return undefined;
	}
};

/** What the job has printed by now. */
const linesOf = (job: WorldJob): string[] => {
	const epochs = job.startedAt === undefined ? 0 : Math.floor(job.percent / 10) + 1;
	const lines = Array.from({length: epochs}, (_, epoch) => `epoch ${epoch}: loss ${2 ** -epoch}`);
	return [`Starting ${job.plan.process}`, ...lines];
};
