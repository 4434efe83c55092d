/** Why a command cannot go on: one line, and the exit code. */
export class CommandError extends Error {
	readonly exitCode: number;

	constructor(message: string, exitCode = 2, options?: ErrorOptions) {
		super(message, options);
		this.name = 'CommandError';
		this.exitCode = exitCode;
	}
}
