/** A configuration that cannot be used: one line that names the place and the remedy, never a secret. */
export class ConfigurationError extends Error {
	readonly exitCode = 2;

	constructor(message: string, options?: ErrorOptions) {
		super(message, options);
		this.name = 'ConfigurationError';
	}
}
