/*
Times as the programs of the embedded LSF write them: in the zone of the caller.
*/
const two = (value: number): string => String(value).padStart(2, '0');

/** Whose clock and calendar a time is written by. */
export type TimeStyle = {readonly isUtc: boolean; readonly hasYear: boolean};

/** What the variables of the caller ask for. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=lsfconf-lsb-display-year */
export const styleOf = (env: Readonly<Record<string, string>>): TimeStyle => ({
	isUtc: /^UTC/.test(env.TZ ?? ''),
	hasYear: env.LSB_DISPLAY_YEAR === 'Y',
});

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A date whose UTC is the wanted zone. */
const shifted = (at: number, {isUtc}: TimeStyle): Date => {
	const date = new Date(at);
	return isUtc ? date : new Date(at - date.getTimezoneOffset() * 60_000);
};

const dateIn = (date: Date): string =>
	`${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;

const clockIn = (date: Date): string =>
	[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');

/** `Apr 12 18:10`, as in a list; `Apr 12 18:10:00 2026` with the year. */
export const listTime = (at: number, style: TimeStyle): string => {
	const date = shifted(at, style);
	const clock = clockIn(date);
	return style.hasYear
		? `${dateIn(date)} ${clock} ${date.getUTCFullYear()}`
		: `${dateIn(date)} ${clock.slice(0, 5)}`;
};

/** `Sun Apr 12 18:10:00`, as in front of an event. */
export const eventTime = (at: number, style: TimeStyle): string => {
	const date = shifted(at, style);
	const year = style.hasYear ? ` ${date.getUTCFullYear()}` : '';
	return `${days[date.getUTCDay()]} ${dateIn(date)} ${clockIn(date)}${year}`;
};
