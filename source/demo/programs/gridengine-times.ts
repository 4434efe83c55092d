/*
Times as the programs of the embedded Grid Engine print them, in UTC.
*/

/** `2026-11-29T06:53:07` */
export const isoTime = (at: number): string => new Date(at).toISOString().slice(0, 19);

/** `11/29/2026 06:53:07` */
export const americanTime = (at: number): string => {
	const [year, month, day, time] = isoTime(at).split(/[-T]/);
	return `${month}/${day}/${year} ${time}`;
};

/** `Sun Nov 29 06:53:07 2026` */
export const wordyTime = (at: number): string => {
	const [weekday, day, month, year, time] = new Date(at).toUTCString().split(/,? /);
	return `${weekday} ${month} ${day} ${time} ${year}`;
};
