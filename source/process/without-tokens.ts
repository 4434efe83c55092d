/** The variables in which jobtop and the official tools of the job systems look for a credential. What finds profiles by others does not compile. */
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

/** An environment for a program that needs no credential of a job system: without the usual variables for one, and without these. */
export const withoutTokens = (env: Environment, variables: Iterable<string | undefined>): Environment => {
	const tokens = new Set<string | undefined>([...tokenVariables, ...variables]);
	return Object.fromEntries(Object.entries(env).filter(([name]) => !tokens.has(name)));
};

/** The same for a program that has nothing to do with jobs: Slurm's own credential is not for it either. */
export const withoutAnyToken = (env: Environment, variables: Iterable<string | undefined>): Environment =>
	withoutTokens(env, ['SLURM_JWT', ...variables]);
