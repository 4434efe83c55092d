import {type Clock, wait} from '../process/clock.ts';
import {invalid, isComplaint, longId, readFlag} from './fastapi.ts';
import {type Answer, json} from './faults.ts';
import type {WorldJob, WorldPhase} from './lives.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from './named-jobs.ts';
import {createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type DemoServer, decodeSegment, serve} from './server.ts';
import type {Line} from './websocket.ts';
import type {World} from './world.ts';

/** An embedded TensorPool: its jobs by their ids, and the ways to make it fail. */
export type TensorpoolServer = DemoServer & JobControls;

export type TensorpoolServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** Only a client that sends it, as a bearer token or as the first message of a conversation, is served. */
	readonly key: string;
	/** The speed-up factor of a cancellation; 1 if not said. */
	readonly speed?: number;
	/** Milliseconds that a cancellation takes; 6 seconds of life if not said. */
	readonly noticeMs?: number;
	/** The answer to a cancel: the job's status, or a request that stands for it. The documentation says both. */
	readonly cancelAnswer?: 'status' | 'request';
	/** The jobs in the organization's list; all of them if not said. The documentation says that it stands in place of one's own. */
	readonly organization?: 'all' | 'others';
	/** 0, or not said: any that is free. */
	readonly port?: number;
};

/** The tasks of its jobs, for a scenario. */
export const tensorpoolTasks = [
	'llama-sft',
	'whisper-tune',
	'sdxl-lora',
	'gpt2-eval',
	'vit-pretrain',
] as const;

/** Users whose jobs only the organization sees, and only they may change. */
export const tensorpoolStrangers: ReadonlySet<string> = new Set(['emeka', 'freya']);

const instances = ['1xH100', '8xH100', '1xB200', '4xL40S'] as const;

const maxInMessage = 50;
const slowAnswerMs = 2000;
const logAfterMs = 1000;
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

/** What the embedded TensorPool answers from. */
type Pool = Required<
	Pick<
		TensorpoolServerOptions,
		'world' | 'clock' | 'seed' | 'key' | 'speed' | 'cancelAnswer' | 'organization'
	>
> &
	Pick<TensorpoolServerOptions, 'noticeMs'> & {readonly jobs: NamedJobs};

export const startTensorpoolServer = async (options: TensorpoolServerOptions): Promise<TensorpoolServer> => {
	const {world, seed} = options;
	const jobs = createNamedJobs(
		world,
		index => `j-${uuidOf(seed, 'id', index).replaceAll('-', '').slice(0, 12)}`,
	);
	const pool: Pool = {speed: 1, cancelAnswer: 'status', organization: 'all', ...options, jobs};
	const server = await serve(
		call => answer(pool, call),
		options.clock,
		options.port,
		(call, line) => converse(pool, call, line),
	);
	return {...server, ...jobs.controls};
};

const uuidOf = (seed: string, ...parts: (string | number)[]): string =>
	createUuid(createRandom(seedOf(seed, ...parts)));

const answer = async (pool: Pool, call: Call): Promise<Answer> => {
	const {world, jobs, key} = pool;
	if (call.path === '/healthz') return json(200, {status: 'ok'});
	if (call.expired || call.header('authorization') !== `Bearer ${key}`)
		return json(401, {message: 'Invalid API key'});
	// The official tool sends this request first.
	if (call.path === '/health' && call.method === 'POST') {
		return json(200, {message: 'This is the TensorPool of the jobtop demo'});
	}
	if (call.path === '/user/info' && call.method === 'GET') return json(200, {message: 'A user of the demo'});
	if (call.path === '/job/list' && call.method === 'GET') return list(pool, call);
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
	return route(pool, {index, job, call});
};

const isOurs = ({plan}: WorldJob) => !tensorpoolStrangers.has(plan.owner);

const isStopping = ({world}: Pool, index: number, job: WorldJob) =>
	!hasEnded(job) && world.history(index).some(({what}) => what === 'stop');

const wordOf = (pool: Pool, index: number, job: WorldJob): string => {
	if (isStopping(pool, index, job)) return 'canceling';
	// Half of what fails is the user's own program.
	return job.phase === 'failed' && index % 2 === 0 ? 'error' : words[job.phase];
};

/** A job in words. The official tool prints the message of an answer, and nothing else of it. */
const lineOf = (pool: Pool, index: number, job: WorldJob) =>
	`${pool.jobs.idOf(index)}  ${wordOf(pool, index, job).padEnd(9)}  ${job.plan.name}`;

const listMessage = (pool: Pool, found: readonly number[], total: number): string => {
	const lines = found
		.slice(0, maxInMessage)
		.map(index => lineOf(pool, index, pool.world.job(index) as WorldJob));
	const more = total > maxInMessage ? [`and ${total - maxInMessage} more`] : [];
	return [`${total} jobs`, ...lines, ...more].join('\n');
};

const record = (pool: Pool, index: number, job: WorldJob): unknown => {
	const {jobs} = pool;
	const id = jobs.idOf(index);
	const status = wordOf(pool, index, job);
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

const list = (pool: Pool, call: Call): Answer => {
	const {world, organization} = pool;
	const shared = readFlag(call, 'include_org');
	if (isComplaint(shared)) return invalid(shared);
	const only = (index: number) => {
		const job = world.job(index);
		return job !== undefined && (isOurs(job) ? !shared || organization === 'all' : shared);
	};
	const {jobs: found, total} = world.list({first: 0, limit: Number.MAX_SAFE_INTEGER, only});
	const records = found.map(index => record(pool, index, world.job(index) as WorldJob));
	return json(200, {jobs: records, message: listMessage(pool, found, total)});
};

/** A request about one job. */
type JobCall = {readonly index: number; readonly job: WorldJob; readonly call: Call};

type Route = (pool: Pool, call: JobCall) => Answer | Promise<Answer>;

const cancel: Route = async (pool, {index, job}) => {
	const {world, clock, jobs, seed, speed, noticeMs, cancelAnswer} = pool;
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
		const request = {request_id: uuidOf(seed, 'request', index), message: 'Request accepted'};
		return json(202, request, {'retry-after': '5'});
	}
	const status = wordOf(pool, index, world.job(index) ?? job);
	return json(202, {job_id: id, message: 'Job cancellation initiated', status});
};

const remove: Route = ({world}, {index, job}) => {
	if (!hasEnded(job)) return json(400, {message: 'Only an ended job can be deleted'});
	world.remove(index);
	return json(200, {message: 'Job deleted'});
};

/** Where the outputs are, and a line for the user's shell. The official tool runs it without a question: it must do nothing. */
const pull: Route = ({jobs, seed}, {index, job, call}) => {
	const dry = readFlag(call, 'dry_run');
	if (isComplaint(dry)) return invalid(dry);
	const id = jobs.idOf(index);
	const signed = (file: string) =>
		`https://storage.demo.invalid/${id}/${file}?X-Amz-Signature=${uuidOf(seed, file, index)}`;
	const files = job.phase === 'succeeded' ? {'outputs/model.safetensors': signed('model.safetensors')} : {};
	const rsync = `rsync -avz ${dry ? '--dry-run ' : ''}tp@${id}.demo.invalid:/outputs/ ./${id}/`;
	return json(200, {
		message: `Outputs of ${id}`,
		download_map: job.startedAt === undefined ? {} : {...files, 'outputs/train.log': null},
		command: `echo 'The demo has nothing to fetch. A TensorPool would say ${rsync}'`,
		command_show_stdout: true,
	});
};

const routes: Readonly<Record<string, Route>> = {
	'GET info': (pool, {index, job}) =>
		json(200, {message: lineOf(pool, index, job), job_info: record(pool, index, job)}),
	'POST cancel': cancel,
	'DELETE delete': remove,
	'GET pull': pull,
};

const converse = (pool: Pool, call: Call, line: Line): void => {
	const {world, jobs, key} = pool;
	const id = /^\/job\/listen\/([^/]+)$/.exec(call.path)?.[1];
	line.onMessage(text => {
		if (call.expired || keyIn(text) !== key) return line.close(1008, 'Invalid API key');
		const index = jobs.numberOf(decodeSegment(id ?? ''));
		const job = world.job(index);
		if (job === undefined) {
			line.send(JSON.stringify({status: 'error', message: `Job ${id} not found`}));
			return line.close(1000);
		}
		sendLog(pool, line, index);
	});
};

/** Sends the log so far, and each new line until the job has ended. */
const sendLog = (pool: Pool, line: Line, index: number) => {
	const {world, clock} = pool;
	let sent = 0;
	let takeBack = () => {};
	line.onEnd(() => takeBack());
	const send = (content: unknown) => line.send(JSON.stringify(content));
	const sendNew = () => {
		const job = world.job(index);
		if (job === undefined) return line.close(1000, 'The job was deleted');
		const lines = linesOf(job);
		for (const message of lines.slice(sent)) send({message});
		sent = Math.max(sent, lines.length);
		if (!hasEnded(job)) {
			takeBack = clock.after(logAfterMs, sendNew);
			return;
		}
		const word = wordOf(pool, index, job);
		send({status: word === 'completed' ? 'success' : 'error', message: messages[word]});
		line.close(1000);
	};
	sendNew();
};

const keyIn = (text: string): unknown => {
	try {
		return (JSON.parse(text) as {readonly TENSORPOOL_KEY?: unknown}).TENSORPOOL_KEY;
	} catch {
		return undefined;
	}
};

/** The log of the job up to now. */
const linesOf = (job: WorldJob): string[] => {
	const epochs = job.startedAt === undefined ? 0 : Math.floor(job.percent / 10) + 1;
	const lines = Array.from({length: epochs}, (_, epoch) => `epoch ${epoch}: loss ${2 ** -epoch}`);
	return [`Starting ${job.plan.process}`, ...lines];
};
