/** The variables with credentials that jobtop and the official tools of the job systems read. A discovery that uses another variable does not compile. */
const tokenVariables = [
	'JOBTOP_WEAVER_TOKEN',
	'IONWORKS_API_KEY',
	'IONWORKS_API_TOKEN',
	'TAPIS_TOKEN',
	'TENSORPOOL_KEY',
	'SGP_API_KEY',
] as const;

export type TokenVariable = (typeof tokenVariables)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment for a program that needs no credential of a job system: without the known token variables and `variables`. */
export const withoutTokens = (env: Environment, variables: Iterable<string | undefined>): Environment => {
	const tokens = new Set<string | undefined>([...tokenVariables, ...variables]);
	return Object.fromEntries(Object.entries(env).filter(([name]) => !tokens.has(name)));
};

/** The same for a program that has nothing to do with jobs: also without Slurm's credential. */
export const withoutAnyToken = (env: Environment, variables: Iterable<string | undefined>): Environment =>
	withoutTokens(env, ['SLURM_JWT', ...variables]);
