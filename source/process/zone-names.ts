/*
The short names of the zone of this process, from the zone files of the system: a formatter of Intl would take 20 ms and 8 MB.
*/
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Environment} from './state-directory.ts';

/** Short names such as `CET` by their offset, in minutes ahead of UTC. */
export type ZoneNames = ReadonlyMap<number, string>;

// A name, and hours behind UTC; the summer name is an hour ahead of the first unless it says otherwise.
const rulePart = String.raw`(<[^>]*>|[A-Za-z]+)([+-]?\d+(?::\d+)?)?`;
const rule = new RegExp(`^${rulePart}(?:${rulePart})?(?:,|$)`);

const minutesOf = (text: string): number => {
	const [hours = '', minutes = '0'] = text.replace(/^[+-]/, '').split(':');
	const all = Number(hours) * 60 + Number(minutes);
	return text.startsWith('-') ? all : -all;
};

/** The names in a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`. A name in angle brackets is only an offset. */
export const namesOfRule = (text: string): ZoneNames => {
	const names = new Map<number, string>();
	const [, standard = '', behind, summer, summerBehind] = rule.exec(text) ?? [];
	if (behind === undefined) return names;
	const ahead = minutesOf(behind);
	const add = (name: string | undefined, at: number) => {
		if (name !== undefined && /^[A-Z]{3,5}$/.test(name)) names.set(at, name);
	};
	add(standard, ahead);
	add(summer, summerBehind === undefined ? ahead + 60 : minutesOf(summerBehind));
	return names;
};

/** The names of the zone of `TZ`, else of the machine; empty where there is no such file. */
export const zoneNames = ({TZ, TZDIR}: Environment): ZoneNames => {
	const zone = TZ?.replace(/^:/, '');
	const path = zone === undefined ? '/etc/localtime' : join(TZDIR || '/usr/share/zoneinfo', zone);
	if (zone === '') return new Map();
	try {
		const file = readFileSync(path, 'latin1');
		// The rule for the future is the last line of a zone file.
		return file.startsWith('TZif') ? namesOfRule(file.trimEnd().split('\n').at(-1) ?? '') : new Map();
	} catch {
		return new Map();
	}
};
