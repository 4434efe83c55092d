export const major: string;
export const minor: string;
export const bundle: (
	entryPoints: Readonly<Record<string, string>>,
	outdir: string,
	options?: {readonly stockOutput?: boolean},
) => Promise<unknown>;
