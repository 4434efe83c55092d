/*
A job system that costs next to nothing, in a process of its own: its pages are made once, and what changes between two polls is written into them in place. A hundredth of its jobs changes with every poll.

It is forked with the number of jobs, `quiet` where none may change, and `kubernetes` where it is not Weaver; it tells its address.
*/
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {kubernetes, weaver} from './list-records.ts';

const jobs = Number(process.argv[2]);
const quiet = process.argv[3] === 'quiet';
const form = process.argv[4] === 'kubernetes' ? kubernetes : weaver;

/** Jobs a page; what changes is two figures that stand at known places. */
type Pages = {
	readonly bodies: readonly Buffer[];
	readonly places: readonly (readonly [page: number, at: number])[];
};

const makePages = (size: number): Pages => {
	const bodies: Buffer[] = [];
	const places: (readonly [number, number])[] = [];
	for (let from = 0; from < Math.max(1, jobs); from += size) {
		const records: string[] = [];
		for (let index = from; index < Math.min(jobs, from + size); index++)
			records.push(JSON.stringify(form.record(index)));
		const page = bodies.length;
		const text = form.page(records, {page, limit: size, total: jobs});
		for (let at = text.indexOf(form.figures); at >= 0; at = text.indexOf(form.figures, at + 1)) {
			places.push([page, at + form.figures.length]);
		}
		bodies.push(Buffer.from(text));
	}
	return {bodies, places};
};

// Before the first request: a million takes longer to make than the program waits for an answer.
let size = 500;
let pages = makePages(size);
let polls = 0;
let requests = 0;

const change = ({bodies, places}: Pages) => {
	const step = 100;
	for (let index = polls % step; index < places.length; index += step) {
		const [page, at] = places[index] ?? [0, 0];
		bodies[page]?.write(String(10 + (polls % 90)), at);
	}
};

const server = createServer((request, response) => {
	requests++;
	const url = new URL(request.url ?? '/', 'http://localhost');
	const head = {'content-type': 'application/json'};
	if (!url.pathname.endsWith('/jobs')) {
		const index = Number(/(\d{12})$/.exec(url.pathname)?.[1] ?? -1);
		if (index < 0 || index >= jobs) return response.writeHead(404, head).end('{"title":"NoSuchJob"}');
		return response.writeHead(200, head).end(JSON.stringify(form.record(index)));
	}
	const limit = Number(url.searchParams.get('limit') ?? 500);
	if (limit !== size) {
		size = limit;
		pages = makePages(limit);
	}
	const page = form.pageIn(url.searchParams);
	if (page === 0) {
		polls++;
		if (!quiet) change(pages);
	}
	const body = pages.bodies[page];
	response.writeHead(200, {...head, 'content-length': body?.length ?? 2}).end(body ?? '{}');
});

server.listen(0, '127.0.0.1', () => {
	process.send?.({url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`});
});
process.on('message', () => process.send?.({polls, requests}));
process.on('disconnect', () => process.exit(0));
