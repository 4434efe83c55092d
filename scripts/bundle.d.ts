export const major: string;
export const minor: string;
export const bundle: (
	entryPoints: Readonly<Record<string, string>>,
	outdir: string,
	options?: {readonly stockOutput?: boolean},
) => Promise<unknown>;
/** What is in each file, by its path from here. */
export const bundleProgram: (outdir: string) => Promise<{
	readonly outputs: Readonly<Record<string, {readonly inputs: Readonly<Record<string, unknown>>}>>;
}>;
