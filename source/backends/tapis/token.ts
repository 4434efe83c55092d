import * as z from 'zod';
import {shown} from '../read-fields.ts';

/** What a token says of itself. */
export type TokenClaims = {
	readonly user?: string;
	/** Epoch milliseconds. */
	readonly expiresAt?: number;
};

const claimsSchema = z.object({
	exp: z.number().optional().catch(undefined),
	'tapis/username': z.string().optional().catch(undefined),
});

/** The claims of a JSON Web Token (RFC 7519), unverified: for words, never for a decision. Empty for anything else. */
export const readClaims = (token: string | undefined): TokenClaims => {
	try {
		const payload = Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString();
		const {exp, 'tapis/username': name} = claimsSchema.parse(JSON.parse(payload));
		const user = shown(name);
		return {...(user !== undefined && {user}), ...(exp !== undefined && {expiresAt: exp * 1000})};
	} catch {
		return {};
	}
};

/** When the token expired; undefined where it has not, or does not say. Seconds, in UTC. */
export const expiredWords = ({expiresAt}: TokenClaims, now: number): string | undefined => {
	if (expiresAt === undefined || expiresAt > now || Math.abs(expiresAt) > 8.64e15) return undefined;
	const time = new Date(expiresAt).toISOString().slice(0, 19).replace('T', ' ');
	return `token expired at ${time} UTC`;
};
