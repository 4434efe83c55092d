/*
Hides an ended job on its server, or shows it there again, where the server has such a thing. It is reversible, and asking twice does no harm.
*/
import type {Connection} from '../../backends/backend.ts';
import {failureOf, failurePolicies} from '../../job/failure.ts';
import {parseRef, type Ref} from '../../job/ref.ts';

/**
What the server made of it. `none`: it has no such thing. `unknown`: no answer came, and nobody can tell.
*/
export type ServerHiding = {
	readonly kind: 'done' | 'none' | 'not-found' | 'refused' | 'unknown';
	/** The backend's words, cleaned. */
	readonly detail?: string;
	readonly credential?: true;
};

/** Rejects only with the signal's reason, when it is aborted. */
export const hideOnServer = async (
	{backend}: Connection,
	ref: Ref,
	hidden: boolean,
	signal: AbortSignal,
): Promise<ServerHiding> => {
	const ask = hidden ? backend.hide : backend.unhide;
	if (!ask) return {kind: 'none'};
	try {
		await ask(parseRef(ref)?.id ?? '', {signal});
		return {kind: 'done'};
	} catch (error) {
		if (signal.aborted) throw error;
		const {kind, detail} = failureOf(error);
		if (kind === 'not-found') return {kind, detail};
		return {
			kind: failurePolicies[kind].delivered === 'maybe' ? 'unknown' : 'refused',
			detail,
			...(kind === 'unauthorized' && {credential: true as const}),
		};
	}
};

/** What is said where the server did not do it: whatever happened here, the row here is another matter. */
export const hidingTrouble = (hidden: boolean, {kind, detail}: ServerHiding): string | undefined => {
	if (kind === 'done' || kind === 'none') return undefined;
	const here = hidden ? 'is hidden here' : 'is shown here again';
	const there = hidden ? 'hidden' : 'shown';
	const reason = detail === undefined ? '' : `: ${detail}`;
	return kind === 'unknown'
		? `${here}; it is unknown whether its server has ${there} it${reason}`
		: `${here}, but its server has not ${hidden ? 'hidden it' : 'restored it'}${reason}`;
};
