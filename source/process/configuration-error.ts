/** An unusable configuration: one line with the place and the remedy, never with a secret. */
export class ConfigurationError extends Error {
	readonly exitCode = 2;

	constructor(message: string, options?: ErrorOptions) {
		super(message, options);
		this.name = 'ConfigurationError';
	}
}
