import {type Clock, systemClock} from '../process/clock.ts';
import {json} from './faults.ts';
import type {ImposedFault} from './imposed-faults.ts';
import type {Demo} from './index.ts';
import {type Dialect, serve} from './server.ts';

/** How faults are written. */
type FaultWriting = {
	/** What is written, or what is wrong with it. */
	readonly read: (text: string) => ImposedFault | string;
	readonly write: (fault: ImposedFault) => string;
};

export type ControlOptions = FaultWriting & {
	/** What goes wrong when it starts. */
	readonly faults?: readonly ImposedFault[];
	/** 0, or not said: any that is free. */
	readonly port?: number;
	readonly clock?: Clock;
};

/**
A server beside the embedded systems through which their faults are changed while they run: `GET /faults` lists them, `PUT /faults` replaces them by the faults in its body, `{"faults": ["tapis=broken:0.3"]}`.

It is a server of its own, so that it answers when all the others are down.
*/
export const startControl = (demo: Demo, options: ControlOptions) => {
	const {read, write, port = 0, clock = systemClock} = options;
	let standing = options.faults ?? [];

	const list = () => json(200, {faults: standing.map(write)});
	const dialect: Dialect = async ({method, path, body}) => {
		if (path !== '/faults') return json(404, {error: 'there is only /faults'});
		if (method === 'GET') return list();
		if (method !== 'PUT') return json(405, {error: 'only GET and PUT'}, {allow: 'GET, PUT'});
		const texts = textsIn(body);
		if (texts === undefined) {
			return json(400, {error: 'the body must be such as {"faults": ["tapis=broken:0.3"]}'});
		}
		const faults = texts.map(read);
		const wrong = faults.find(fault => typeof fault === 'string');
		if (wrong !== undefined) return json(400, {error: wrong});
		standing = faults.filter(fault => typeof fault !== 'string');
		await demo.setFaults(standing);
		return list();
	};
	return serve(dialect, clock, port);
};

const textsIn = (body: string): readonly string[] | undefined => {
	try {
		const {faults} = JSON.parse(body) as {readonly faults?: unknown};
		return Array.isArray(faults) && faults.every(text => typeof text === 'string') ? faults : undefined;
	} catch {
		return undefined;
	}
};
