/** Runs something while Ctrl-C is for another program, which the terminal sends it to as well. */
export const withoutInterrupts = async <Result>(run: () => Promise<Result>): Promise<Result> => {
	const others = process.listeners('SIGINT');
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	for (const listener of others) process.off('SIGINT', listener);
	try {
		return await run();
	} finally {
		for (const listener of others) process.on('SIGINT', listener);
		process.off('SIGINT', ignore);
	}
};
