/*
Moments as people read them, in the zone of the terminal or in UTC. JSON, journals and logs of requests stay in UTC: `isoTime`.
*/

/** The zone in which moments are shown: that of the process (`TZ`), or UTC. */
export type TimeZone = 'local' | 'utc';

export const timeZones = ['local', 'utc'] as const satisfies readonly TimeZone[];

const padded = (number: number, cells = 2): string => String(number).padStart(cells, '0');

/** A moment taken apart: `2026-11-28` and `12:10:31`. */
type Parts = {readonly day: string; readonly time: string};

// A server may send any number; an invalid date must not crash the program.
const unknown: Parts = {day: '????-??-??', time: '??:??:??'};

// The getters of Date cost a hundredth of a formatter of Intl.
const partsOf = (at: number, zone: TimeZone): Parts => {
	const date = new Date(at);
	if (Number.isNaN(date.getTime())) return unknown;
	return zone === 'utc'
		? {
				day: `${padded(date.getUTCFullYear(), 4)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`,
				time: `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}:${padded(date.getUTCSeconds())}`,
			}
		: {
				day: `${padded(date.getFullYear(), 4)}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`,
				time: `${padded(date.getHours())}:${padded(date.getMinutes())}:${padded(date.getSeconds())}`,
			};
};

/** The time of day: `12:10:31`. */
export const timeOfDay = (at: number, zone: TimeZone): string => partsOf(at, zone).time;

/** Day and time; without the day if it is the day of `now`. */
export const moment = (at: number, now: number, zone: TimeZone): string => {
	const {day, time} = partsOf(at, zone);
	return day === partsOf(now, zone).day ? time : `${day} ${time}`;
};

/** The time of day without seconds on the day of `now`, else the day without the year as well: `11-27 14:05`. */
export const shortMoment = (at: number, now: number, zone: TimeZone): string => {
	const {day, time} = partsOf(at, zone);
	const short = time.slice(0, 5);
	return day === partsOf(now, zone).day ? short : `${day.slice(5)} ${short}`;
};

/** `+05:45`, from the minutes by which the zone is behind UTC. Without an offset it is UTC: that is what an invalid `TZ` means. */
const offsetName = (behind: number): string => {
	if (behind === 0) return 'UTC';
	const minutes = Math.abs(behind);
	return `${behind < 0 ? '+' : '-'}${padded(Math.floor(minutes / 60))}:${padded(minutes % 60)}`;
};

// The zone of the process is one for all its parts, as `TZ` is.
let readNames: () => ReadonlyMap<number, string> = () => new Map();
let names: ReadonlyMap<number, string> | undefined;

/** Sets where the short names of the local zone come from, by minutes ahead of UTC. They are read at the first need, once. */
export const nameZone = (read: () => ReadonlyMap<number, string>): void => {
	readNames = read;
	names = undefined;
};

/** The name of the zone at a moment: `CET`, `+05:45`, `UTC`. */
export const zoneName = (at: number, zone: TimeZone): string => {
	const behind = zone === 'utc' ? Number.NaN : Math.round(new Date(at).getTimezoneOffset());
	if (Number.isNaN(behind)) return 'UTC';
	names ??= readNames();
	return names.get(-behind) ?? offsetName(behind);
};

/** Hour and minute with the zone: `14:05 CET`. */
export const clockTime = (at: number, zone: TimeZone): string =>
	`${timeOfDay(at, zone).slice(0, 5)} ${zoneName(at, zone)}`;

const others: Readonly<Record<TimeZone, TimeZone>> = {local: 'utc', utc: 'local'};

/** The moment in the other zone, with its day only if that differs; undefined if both zones are the same. */
const elsewhere = (at: number, zone: TimeZone): string | undefined => {
	if (zoneName(at, 'local') === 'UTC') return undefined;
	const {day, time} = partsOf(at, others[zone]);
	return day === partsOf(at, zone).day ? time : `${day} ${time}`;
};

/** Day and time in both zones: `2026-11-28 13:00:00 CET (12:00:00 UTC)`, or only `… UTC` where they are the same. Two equal times of a night in which the clock goes back differ here. Without the day if it is the day of `now`. */
export const momentInBoth = (at: number, now: number | undefined, zone: TimeZone): string => {
	const own = `${moment(at, now ?? Number.NaN, zone)} ${zoneName(at, zone)}`;
	const other = elsewhere(at, zone);
	return other === undefined ? own : `${own} (${other} ${zoneName(at, others[zone])})`;
};

/** The same for a line of a timeline: `13:00:00 (12:00:00Z)`. */
export const stampInBoth = (at: number, now: number, zone: TimeZone): string => {
	const own = moment(at, now, zone);
	const other = elsewhere(at, zone);
	if (other === undefined) return own;
	return `${own} (${other}${zone === 'local' ? 'Z' : ` ${zoneName(at, 'local')}`})`;
};

/** The same where there is less room: `13:00:00 CET`, in UTC without the zone. */
export const shortStamp = (at: number, now: number, zone: TimeZone): string => {
	const name = zoneName(at, zone);
	return `${moment(at, now, zone)}${name === 'UTC' ? '' : ` ${name}`}`;
};

/** A time of a job's record, `2026-11-28 12:00:00 UTC`, in both zones; any other text unchanged. */
export const recordedTime = (text: string, zone: TimeZone): string => {
	const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text) ?? [];
	const at = Date.parse(`${day}T${time}Z`);
	return Number.isNaN(at) ? text : momentInBoth(at, undefined, zone);
};
