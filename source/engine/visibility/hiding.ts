/*
Hides an ended job on its server, or shows it there again, where supported. It is reversible, and repeating it does no harm.
*/
import type {Connection} from '../../backends/backend.ts';
import {failureOf, failurePolicies} from '../../job/failure.ts';
import {parseRef, type Ref} from '../../job/ref.ts';

/**
The server's result. `none`: not supported. `unknown`: no answer came.
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
	const request = hidden ? backend.hide : backend.unhide;
	if (!request) return {kind: 'none'};
	try {
		await request(parseRef(ref)?.id ?? '', {signal});
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

/** The notice if the server did not do it; the row here has changed anyway. */
export const hidingTrouble = (hidden: boolean, {kind, detail}: ServerHiding): string | undefined => {
	if (kind === 'done' || kind === 'none') return undefined;
	const here = hidden ? 'is hidden here' : 'is shown here again';
	const there = hidden ? 'hidden' : 'shown';
	const reason = detail === undefined ? '' : `: ${detail}`;
	return kind === 'unknown'
		? `${here}; it is unknown whether its server has ${there} it${reason}`
		: `${here}, but its server has not ${hidden ? 'hidden it' : 'restored it'}${reason}`;
};
