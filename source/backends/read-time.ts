/**
Epoch milliseconds from an ISO 8601 time; one without a zone is UTC. Undefined for anything else, so that a strange time costs no job its row.
*/
export const readTime = (time: string | null | undefined): number | undefined =>
	typeof time === 'string' ? (readPlainTime(time) ?? readAnyTime(time)) : undefined;

/** A time in any of the forms of ISO 8601 that servers use. */
export const readAnyTime = (time: string): number | undefined => {
	const parts = isoTime.exec(time.trim());
	if (parts === null) return undefined;
	const [, date, clock = '00:00:00', zone = 'Z'] = parts;
	const at = Date.parse(
		`${date}T${clock.slice(0, 12)}${zone.replace(/^([+-]\d\d):?(\d\d)?$/, hoursAndMinutes)}`,
	);
	return Number.isNaN(at) ? undefined : at;
};

// More than three digits of a second are not understood by every JavaScript engine, and not needed.
const isoTime = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

const hoursAndMinutes = (_: string, hours: string, minutes = '00') => `${hours}:${minutes}`;

/**
A time as nearly all servers write it, `2026-11-23T12:00:00`, with a fraction and with `Z` or `+00:00`, or without. Undefined for any other, which may be a time all the same. Half of the cost of a record was its times.
*/
const readPlainTime = (time: string): number | undefined => {
	if (time.length < 19 || time.charCodeAt(4) !== dash || time.charCodeAt(7) !== dash) return undefined;
	if (time.charCodeAt(10) !== letterT || time.charCodeAt(13) !== colon || time.charCodeAt(16) !== colon) {
		return undefined;
	}
	const year = twoDigits(time, 0) * 100 + twoDigits(time, 2);
	const month = twoDigits(time, 5);
	const day = twoDigits(time, 8);
	const hour = twoDigits(time, 11);
	const minute = twoDigits(time, 14);
	const second = twoDigits(time, 17);
	// Comparisons with NaN, of what is no digit, are false. The 30th of February is the 2nd of March, here as for `Date.parse`.
	const isUsual =
		year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59;
	if (!isUsual || !(second <= 59)) return undefined;
	let end = 19;
	let milliseconds = 0;
	if (time.charCodeAt(end) === dot) {
		const first = ++end;
		for (let digit = digitAt(time, end); digit >= 0; digit = digitAt(time, end)) {
			if (end < first + 3) milliseconds += digit * (hundreds[end - first] as number);
			end++;
		}
		if (end === first) return undefined;
	}
	const isUtc =
		end === time.length ||
		(end === time.length - 1 && time.charCodeAt(end) === letterZ) ||
		(end === time.length - 6 && time.endsWith('+00:00'));
	return isUtc ? Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) : undefined;
};

const [dash, colon, dot, letterT, letterZ, zero] = [...'-:.TZ0'].map(each => each.charCodeAt(0));

const hundreds = [100, 10, 1];

/** The digit there; NaN for any other character, and behind the end. */
const digitAt = (text: string, at: number): number => {
	const digit = text.charCodeAt(at) - (zero as number);
	return digit >= 0 && digit <= 9 ? digit : Number.NaN;
};

const twoDigits = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1);
