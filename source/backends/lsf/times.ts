/*
Times as LSF writes them, in the zone that its programs get, which is UTC.
*/
import type {Millis} from '../../job/time.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Apr 12 18:10:00 2026`, maybe with the day of the week; a site's wrapper may hide the year. */
const written = /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d)(?::(\d\d))?(?: (\d{4}))?$/;

/** The letter behind the time of an end says how that was reckoned: by the limit, by an estimate, or beyond it. */
export const withoutLetter = (text: string): string => text.replace(/ [LEX]$/, '');

const day = 86_400_000;

/** Epoch milliseconds; undefined for what is no time. Without a year it is the last such time, seen from `now`. */
export const readTime = (text: string, now: Millis): Millis | undefined => {
	const [, month = '', date, hour, minute, second = '0', year] = written.exec(text.trim()) ?? [];
	const index = months.indexOf(month);
	if (index < 0) return undefined;
	const inYear = (number: number): Millis =>
		Date.UTC(number, index, Number(date), Number(hour), Number(minute), Number(second));
	if (year !== undefined) return inYear(Number(year));
	const thisYear = new Date(now).getUTCFullYear();
	const time = inYear(thisYear);
	return time > now + day ? inYear(thisYear - 1) : time;
};

/** Milliseconds of `10.0`, `10.0/hostA` (minutes) or `00:10:00`. */
export const readLimit = (text: string): number | undefined => {
	const clock = /^(\d{1,10}):(\d\d)(?::(\d\d))?$/.exec(text);
	if (clock !== null) {
		const [, hours, minutes, seconds = '0'] = clock;
		return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
	}
	const minutes = /^(\d{1,12}(?:\.\d+)?)(?:$|[ /])/.exec(text)?.[1];
	return minutes === undefined ? undefined : Number(minutes) * 60_000;
};
