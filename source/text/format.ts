const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (number: number): string => String(number).padStart(2, '0');

/**
A duration in at most six cells. Without seconds above ten minutes, so that fewer cells change.
*/
export const duration = (ms: number): string => {
	const whole = Math.max(0, Math.floor(ms / second) * second);
	if (whole < minute) return `${whole / second}s`;
	if (whole < 10 * minute) return `${Math.floor(whole / minute)}m${two((whole % minute) / second)}s`;
	if (whole < hour) return `${Math.floor(whole / minute)}m`;
	if (whole < day) return `${Math.floor(whole / hour)}h${two(Math.floor((whole % hour) / minute))}m`;
	if (whole < 100 * day) return `${Math.floor(whole / day)}d${two(Math.floor((whole % day) / hour))}h`;
	return `${Math.floor(whole / day)}d`;
};

/** A duration rounded down to its largest unit: `6m`, `2h`. */
export const shortDuration = (ms: number): string => /^\d+[smhd]/.exec(duration(ms))?.[0] ?? '0s';

/** A short duration with tenths: `0.6s`, `9.2s`, `1m05s`. */
export const latency = (ms: number): string =>
	ms < minute ? `${(Math.max(0, ms) / second).toFixed(1)}s` : duration(ms);

/** A data size: `312 B`, `4.2 KB`, `41 GB`. */
export const bytes = (size: number): string => {
	let rest = size;
	for (const unit of ['B', 'KB', 'MB', 'GB', 'TB']) {
		if (rest < 1000 || unit === 'TB')
			return `${unit === 'B' || rest >= 10 ? Math.round(rest) : rest.toFixed(1)} ${unit}`;
		rest /= 1000;
	}
	return '';
};

/** `1 job`, `3 jobs`. */
export const count = (number: number, thing: string): string =>
	`${number} ${thing}${number === 1 ? '' : 's'}`;
