/* What slurmrestd complains of. Its HTTP code says little: 500 may be an unknown job, and 200 a refusal. The number in its `errors` says what it is. */

import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, type FailureKind} from '../../job/failure.ts';
import type {CancelReceipt} from '../backend.ts';
import {HttpError} from '../http-failure.ts';
import {sortComplaint} from '../slurm/answers.ts';

// https://github.com/SchedMD/slurm/blob/master/slurm/slurm_errno.h
const kinds: Readonly<Record<number, FailureKind>> = {
	1007: 'unauthorized',
	1800: 'unreachable',
	// The controller asks for patience, and drops what it cannot take: since 23.02.
	1804: 'rate-limited',
	1805: 'rate-limited',
	2002: 'forbidden',
	2017: 'not-found',
	2021: 'conflict',
	2108: 'rejected',
	5004: 'timeout',
	5005: 'cut-off',
	9002: 'rejected',
	9003: 'not-found',
};

type Complaint = {readonly number: number; readonly words: string};

/** The complaints in an answer, the cause first; empty in a good answer. */
export const complaintsOf = (body: unknown): Complaint[] => {
	const {errors} = (body ?? {}) as {readonly errors?: unknown};
	if (!Array.isArray(errors)) return [];
	return errors.map(one => {
		const {error_number: number, error, description} = (one ?? {}) as Record<string, unknown>;
		const words = [error, description].filter(text => typeof text === 'string' && text !== '');
		return {
			number: typeof number === 'number' ? number : 0,
			words: cleanText(words.join(': '), 300) || 'slurmrestd gives no reason',
		};
	});
};

/** The failure in an answer of any code, `otherwise` where its number and its words are not known; undefined where it holds no complaint. */
export const failureIn = (body: unknown, otherwise: FailureKind = 'broken'): Failure | undefined => {
	const complaints = complaintsOf(body);
	const [first] = complaints;
	if (first === undefined) return undefined;
	const known = complaints.find(({number}) => kinds[number] !== undefined);
	if (known !== undefined) return {kind: kinds[known.number] as FailureKind, detail: known.words};
	// 22.05 says the same of a token that is wrong and of a controller that is down.
	if (first.number === -1) {
		const detail = `${first.words}; either slurmctld does not answer, or the token is wrong or has expired`;
		return {kind: 'broken', detail};
	}
	return sortComplaint(first.words, otherwise);
};

/** Whether slurmrestd says that it does not have an address, which says nothing of any job. https://github.com/SchedMD/slurm/blob/master/src/slurmrestd/operations.c */
export const isUnknownAddress = (error: unknown): boolean =>
	error instanceof HttpError &&
	error.status === 404 &&
	failureIn(error.body) === undefined &&
	/\bfind requested URL\b/i.test(error.failure.detail);

/** The error in slurmrestd's own words, where it is one of its answers. `headers` are those that were sent. */
export const explained = (error: unknown, headers: Readonly<Record<string, string>> = {}): unknown => {
	if (!(error instanceof HttpError)) return error;
	// That a job is not there is said by number, or not at all.
	const {kind} = error.failure;
	const complaint = failureIn(error.body, kind === 'not-found' ? 'rejected' : kind);
	if (isUnknownAddress(error)) {
		const detail = 'slurmrestd has no such address (404)';
		return new BackendError({kind: 'rejected', detail}, {cause: error});
	}
	const expired = complaintsOf(error.body)[0]?.number === -1 ? expiry(headers) : undefined;
	if (expired !== undefined && expired < Date.now()) {
		const detail = `the token has expired at ${new Date(expired).toISOString()}`;
		return new BackendError({kind: 'unauthorized', detail}, {cause: error});
	}
	if (complaint !== undefined) return new BackendError(complaint, {cause: error});
	// Network Authentication Required, which has nothing to do with a network here.
	if (error.status !== 511) return error;
	return new BackendError({kind: 'unauthorized', detail: error.failure.detail}, {cause: error});
};

/** When the token in the headers ends, in epoch milliseconds; undefined where it does not say so. */
const expiry = (headers: Readonly<Record<string, string>>): number | undefined => {
	const values = Object.values(headers).join(' ');
	const [, claims = ''] = /\beyJ[\w-]*\.(eyJ[\w-]*)\.[\w-]*/.exec(values) ?? [];
	try {
		const {exp} = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {readonly exp?: unknown};
		return typeof exp === 'number' ? exp * 1000 : undefined;
	} catch {
		return undefined;
	}
};

/** What the answer to a DELETE of one id, sent alone, says of it. That it complains of nothing proves nothing. */
export const readEnd = (body: unknown, id: string): CancelReceipt | Failure => {
	const failure = failureIn(body);
	if (failure !== undefined) return asReceipt(failure);
	const {status} = (body ?? {}) as {readonly status?: unknown};
	const said = (Array.isArray(status) ? status : [])
		.map(one => (one ?? {}) as {readonly step_id?: unknown; readonly error?: unknown})
		.map(({step_id: about, error}) => {
			const {code, string, message} = (error ?? {}) as Record<string, unknown>;
			return {about, code: typeof code === 'number' ? code : 0, words: string || message};
		})
		.filter(({code}) => code !== 0);
	// Of an array some tasks may have ended and others not: only a look shows which.
	const whole = said.find(({about}) => about === id) ?? said.find(({code}) => code === 2002);
	if (whole === undefined) return {kind: 'accepted'};
	const words = cleanText(typeof whole.words === 'string' ? whole.words : `error ${whole.code}`, 300);
	const kind = kinds[whole.code];
	return asReceipt(kind === undefined ? sortComplaint(words, 'rejected') : {kind, detail: words});
};

/** A job that had ended before is no failure. */
export const asReceipt = (failure: Failure): CancelReceipt | Failure =>
	failure.kind === 'conflict' ? {kind: 'too-late', detail: failure.detail} : failure;
