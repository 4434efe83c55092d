/*
What a program of an embedded system asks the demo, and what it is to print.
*/
export type ProgramCall = {
	readonly program: string;
	readonly args: readonly string[];
	/** The variables that change what the programs print. */
	readonly env: Readonly<Record<string, string>>;
};

export type ProgramAnswer = {
	readonly stdout?: string;
	readonly stderr?: string;
	/** The exit code; 0 if not said. */
	readonly code?: number;
};
