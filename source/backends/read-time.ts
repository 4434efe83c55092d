/**
Epoch milliseconds from an ISO 8601 time; one without a zone is UTC. Undefined for anything else, so that a strange time costs no job its row.
*/
export const readTime = (time: string | null | undefined): number | undefined => {
	if (typeof time !== 'string') return undefined;
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
