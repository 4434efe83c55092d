/*
Times as Grid Engine's programs print them. They run in UTC.
*/
import {readTime} from '../read-time.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Epoch milliseconds of `Sun Nov 29 06:53:07 2026`, or of `11/29/2026 06:53:07.123` and `2026-11-29 06:53:07.123456`, as later versions write it; undefined for `-/-`. */
export const readLocalTime = (text: string | undefined): number | undefined => {
	if (text === undefined) return undefined;
	const [, name = '', day, clock, year] =
		/^\w{3} (\w{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text) ?? [];
	if (year !== undefined) {
		const month = months.indexOf(name) + 1;
		return month === 0 ? undefined : readTime(`${year}-${twoDigits(month)}-${twoDigits(day)}T${clock}`);
	}
	const american = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(text);
	if (american !== null) return readTime(`${american[3]}-${american[1]}-${american[2]}T${american[4]}`);
	const at = readTime(text);
	return at === undefined || at <= 0 ? undefined : at;
};

const twoDigits = (value: number | string | undefined): string => String(value).padStart(2, '0');

/** Epoch milliseconds of the seconds in an answer about one job; later versions give milliseconds. */
export const readEpoch = (text: string | undefined): number | undefined => {
	const value = Number(text ?? '');
	if (!Number.isSafeInteger(value) || value <= 0) return undefined;
	return value > 1e11 ? value : value * 1000;
};

/** `202611290653`, as `qacct -b` takes it. */
export const minuteOf = (at: number): string =>
	new Date(at).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '');
