/** The words that started this process, for another one of the same program. Only the main thread knows them. The executable is the program itself. */
export const thisProgram = (): readonly string[] =>
	process.getBuiltinModule('node:sea').isSea()
		? [process.execPath]
		: [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
