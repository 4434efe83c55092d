/** The signals that end a command, and the exit codes that they give. */
export const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

/** An abort signal for interruptions. `code` is the exit code then; `off` removes the handlers. */
export const untilSignal = () => {
	const controller = new AbortController();
	let code: number | undefined;
	const handlers = Object.entries(signals).map(([signal, exitCode]) => {
		const handler = () => {
			code ??= exitCode;
			controller.abort(new Error('interrupted'));
		};
		process.on(signal, handler);
		return () => process.off(signal, handler);
	});
	return {
		signal: controller.signal,
		code: () => code,
		off() {
			for (const off of handlers) off();
		},
	};
};
