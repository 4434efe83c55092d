/*
What tests ask of a backend: its whole list, and the kind of its failures.
*/
import assert from 'node:assert/strict';
import type {Backend, ListPage, ListRequest} from '../../source/backends/backend.ts';
import {BackendError, type FailureKind} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';

const {signal} = new AbortController();

/** More pages than any test has: a list that goes in circles fails. */
const mostPages = 100;

/** Everything that a list has, page after page, and whether all of that is the whole. */
export const readAll = async (
	backend: Pick<Backend, 'listPage'>,
	scope: Partial<Pick<ListRequest, 'everyone' | 'ended'>> = {},
) => {
	const pages: ListPage[] = [];
	let cursor: string | undefined;
	do {
		assert.ok(pages.length < mostPages, 'the list does not end');
		const page = await backend.listPage({
			everyone: true,
			ended: true,
			signal,
			...scope,
			...(cursor !== undefined && {cursor}),
		});
		pages.push(page);
		cursor = page.cursor;
	} while (cursor !== undefined);
	const jobs = new Map<string, Job>(pages.flatMap(page => page.jobs.map(job => [job.id, job])));
	return {jobs, pages, whole: pages.every(page => page.covers === 'everything')};
};

/** Resolves with the error, where it is of this kind and says this; fails otherwise. */
export const failsAs = async (
	promise: Promise<unknown>,
	kind: FailureKind,
	words = /./,
): Promise<BackendError> => {
	const caught = await promise.then(
		() => undefined,
		(error: unknown) => error,
	);
	assert.ok(caught instanceof BackendError, String(caught));
	assert.equal(caught.failure.kind, kind, caught.message);
	assert.match(caught.failure.detail, words);
	return caught;
};
