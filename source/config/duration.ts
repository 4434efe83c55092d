const units = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000} as const;

/** Milliseconds of `500ms`, `90s`, `15m`, `2h`, `3d`, `1w`, or of several in a row (`1h30m`). Undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
	if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
	let ms = 0;
	for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
		ms += Number(number) * units[unit as keyof typeof units];
	}
	return Math.round(ms);
};
