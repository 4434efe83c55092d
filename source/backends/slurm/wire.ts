/*
What squeue and sacct say.

Names are free text: they may hold separators, tabs, line breaks and whole forged records. So every request brings a mark of its own, a random word that no name can hold, and jobtop splits the answer at that mark only. It stands before each record and behind it: what a site's wrapper prints around them belongs to none. The headings are asked for too, since they tell an empty answer from something else that answered.
*/
import {cleanText} from '../../job/clean-text.ts';
import {isEnd} from '../../job/phase.ts';
import {ownCopy} from '../../text/own-copy.ts';
import {type JobRecord, phaseOfState, type Records, readId} from './records.ts';

const separator = '\u001f';

const beginOf = (mark: string): string => `\u001e${mark}`;
const endOf = (mark: string): string => `\u001d${mark}`;

/** What squeue is asked to print for each job. The name comes last: it may hold anything but the mark. */
export const queueFormat = (mark: string): string =>
	beginOf(mark) +
	['%i', '%T', '%U', '%u', '%P', '%V', '%S', '%e', '%l', '%D', '%N', '%r', '%j'].join(separator) +
	endOf(mark);

/** The heading of `%i`: https://slurm.schedmd.com/squeue.html */
const queueHeading = `JOBID${separator}`;

/** What came of squeue's answer. */
export type QueueAnswer<Result> = {readonly read: readonly Result[]; readonly unreadable: number};

/** Takes squeue's answer as it comes, piece by piece. */
export type QueueReader<Result> = {
	readonly take: (text: string) => void;
	/** After the last piece. Undefined where the text is something other than squeue's answer, which has at least its headings. */
	readonly end: () => QueueAnswer<Result> | undefined;
};

/** How the lines of an answer are read: what stands between the two marks of a record. */
export type LineReading<Result> = {
	/** Undefined where it cannot be read. */
	readonly read: (line: string) => Result | undefined;
	/** What was read of the same line before; undefined where there was none. */
	readonly known?: (line: string) => Result | undefined;
};

export const createQueueReader = <Result>(
	mark: string,
	{read: readLine, known = () => undefined}: LineReading<Result>,
): QueueReader<Result> => {
	const begin = beginOf(mark);
	const end = endOf(mark);
	/** What stands between two records, if nothing else printed anything. */
	const between = `${end}\n${begin}`;
	const read: Result[] = [];
	let unreadable = 0;
	let begun = false;
	/** From the last mark on; before the first one the end of the text, which may hold a part of it. */
	let open = '';
	let waiting: string[] = [];
	let waitingLength = 0;

	/** Takes the records of a piece: usually a line. The last one of them has ended, if the piece has. */
	const takePiece = (piece: string, hasEnded: boolean) => {
		// No line of an earlier answer holds the mark of this one.
		const same = hasEnded ? known(piece) : undefined;
		if (same !== undefined) return void read.push(same);
		const records = piece.split(begin);
		for (const [index, record] of records.entries()) {
			if (record.startsWith(queueHeading)) continue;
			const found = record.indexOf(end);
			const length = found === -1 && hasEnded && index === records.length - 1 ? record.length : found;
			const result = length === -1 ? undefined : readLine(record.slice(0, length));
			if (result === undefined) unreadable++;
			else read.push(result);
		}
	};

	const split = () => {
		let text = open + waiting.join('');
		waiting = [];
		waitingLength = 0;
		if (!begun) {
			const from = text.indexOf(begin);
			if (from === -1) {
				open = text.slice(-begin.length);
				return;
			}
			begun = true;
			text = text.slice(from + begin.length);
		}
		const pieces = text.split(between);
		open = pieces.pop() as string;
		for (const piece of pieces) takePiece(piece, true);
	};

	return {
		take(text) {
			waiting.push(text);
			waitingLength += text.length;
			// A record of many pieces is searched as often as it doubles, not with every piece.
			if (waitingLength >= open.length) split();
		},
		end() {
			split();
			if (!begun) return undefined;
			takePiece(open, false);
			return {read, unreadable};
		},
	};
};

/** Reads a whole answer of squeue, as a `QueueReader` does. */
export const readQueue = (text: string, mark: string): Records | undefined => {
	const reader = createQueueReader(mark, {read: createLineReading()});
	reader.take(text);
	const answer = reader.end();
	return answer && {records: answer.read, unreadable: answer.unreadable};
};

/** Reads what squeue prints of one job. Users, partitions and reasons that repeat are cleaned once. */
export const createLineReading = (): ((line: string) => JobRecord | undefined) => {
	const clean = rememberingCleaner();
	return line => readQueueRecord(line, clean);
};

// 50,000 of them are read at once: no schema.
const readQueueRecord = (piece: string, clean: (text: string) => string): JobRecord | undefined => {
	const [id, state, uid, user, partition, submit, start, end, limit, count, nodes, reason, ...name] =
		piece.split(separator);
	if (id === undefined || state === undefined || reason === undefined) return undefined;
	if (state === '' || name.length === 0) return undefined;
	// A part would keep the whole answer, of megabytes, as long as the job is shown.
	const identity = readId(ownCopy(id));
	if (identity === undefined) return undefined;
	return {
		id: identity.id,
		base: identity.base,
		tasks: identity.tasks,
		task: identity.task,
		state: clean(state),
		uid: readUid(uid),
		user: clean(user as string),
		partition: clean(partition as string),
		reason: clean(reason),
		name: ownCopy(cleanText(name.join(separator))),
		nodes: clean(nodes as string),
		nodeCount: clean(count as string),
		limitMs: readLimit(limit),
		placed: nodes !== '',
		submit: readTime(submit),
		start: readTime(start),
		end: readTime(end),
	};
};

/** The fields that sacct is asked for. The name comes last: what stands before a record stands before its id then, which has no line break. */
export const accountFields = [
	'JobID',
	'State',
	'UID',
	'User',
	'Partition',
	'Account',
	'Submit',
	'Eligible',
	'Start',
	'End',
	'Timelimit',
	'Reason',
	'ExitCode',
	'NodeList',
	'WorkDir',
	'JobName',
] as const;

export type AccountField = (typeof accountFields)[number];

/** The separator that sacct prints between fields and behind the last one. */
export const accountSeparator = (mark: string): string => `${separator}${mark}${separator}`;

export type AccountRecords = Records & {
	/** What sacct said of each record, by the record's id. */
	readonly texts: ReadonlyMap<string, Readonly<Record<AccountField, string>>>;
};

/** Undefined where the text is something other than sacct's answer, which has at least its headings. */
export const readAccounts = (text: string, mark: string): AccountRecords | undefined => {
	// A record has no other end than its number of fields: a name may begin with a line break.
	const parts = text.split(accountSeparator(mark));
	if (parts.length <= accountFields.length) return undefined;
	const clean = rememberingCleaner();
	const records: JobRecord[] = [];
	const texts = new Map<string, Readonly<Record<AccountField, string>>>();
	let passedOver = 0;
	for (let at = 0; at + accountFields.length < parts.length; at += accountFields.length) {
		const values = parts.slice(at, at + accountFields.length);
		const id = (values[0] as string).split('\n').at(-1) as string;
		if (id === accountFields[0]) passedOver++;
		const identity = readId(id);
		if (identity === undefined) continue;
		const said = Object.fromEntries(
			accountFields.map((field, index) => [field, clean(index === 0 ? id : (values[index] as string))]),
		) as Record<AccountField, string>;
		if (said.State === '') continue;
		// What waits is the controller's to know. A remainder that still waits in the accounts may name tasks that are gone.
		if (identity.tasks !== undefined && !isEnd(phaseOfState(said.State))) {
			passedOver++;
			continue;
		}
		records.push({
			id: identity.id,
			base: identity.base,
			tasks: identity.tasks,
			task: identity.task,
			state: said.State,
			uid: readUid(said.UID),
			user: said.User,
			partition: said.Partition,
			reason: said.Reason,
			exit: withoutCode(said.ExitCode),
			...(said.State === 'CANCELLED' && {byItself: true as const}),
			name: said.JobName,
			nodes: said.NodeList === 'None assigned' ? '' : said.NodeList,
			nodeCount: '',
			limitMs: readLimit(said.Timelimit),
			placed: said.NodeList !== '' && said.NodeList !== 'None assigned',
			submit: readTime(said.Submit),
			start: readTime(said.Start),
			end: readTime(said.End),
		});
		texts.set(identity.id, said);
	}
	return {
		records,
		texts,
		// One that was cut is one that cannot be read.
		unreadable: Math.ceil((parts.length - 1) / accountFields.length) - records.length - passedOver,
	};
};

/** sacct subtracts 128 from larger exit codes, so its code may be another one: it prints 139 as 11. */
const withoutCode = (exit: string): string => exit.replace(/^[1-9]\d*(?=:)/, '?');

/** Node lists are many: beyond this many texts the memory starts empty again. */
const maxRemembered = 10_000;

/** The same few users, partitions and reasons come thousands of times. */
const rememberingCleaner = () => {
	const known = new Map<string, string>();
	return (text: string): string => {
		let cleaned = known.get(text);
		if (cleaned === undefined) {
			cleaned = ownCopy(cleanText(text));
			if (known.size >= maxRemembered) known.clear();
			known.set(ownCopy(text), cleaned);
		}
		return cleaned;
	};
};

const readUid = (text: string | undefined): number => (text && /^\d+$/.test(text) ? Number(text) : -1);

/** Milliseconds of `30:00`, `1:00:00` or `2-00:00:00`; undefined for a word such as `UNLIMITED` or `Partition_Limit`. https://slurm.schedmd.com/squeue.html#OPT_%l */
export const readLimit = (text: string | undefined): number | undefined => {
	const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d\d)$/.exec(text ?? '');
	if (match === null) return undefined;
	const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(part => Number(part ?? 0));
	return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
};

/** Epoch milliseconds of epoch seconds, or of Slurm's own form of a local time. `N/A`, `Unknown` and `None` give no time. */
export const readTime = (text: string | undefined): number | undefined => {
	if (text === undefined) return undefined;
	if (/^\d+$/.test(text)) return text === '0' ? undefined : Number(text) * 1000;
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined;
	const time = Date.parse(text);
	return Number.isNaN(time) ? undefined : time;
};
