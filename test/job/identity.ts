/*
Whether the job that is seen under an id is the one that was shown.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {whyAnother} from '../../source/job/identity.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const shown = {ref: 'p/1', name: 'mesh', submittedAt: at} as const;
const {submittedAt: _, ...withoutTime} = shown;

test('the same submission is the same job, whatever it is called now', () => {
	assert.equal(whyAnother(shown, {name: 'mesh', createdAt: at}), undefined);
	assert.equal(whyAnother(shown, {name: 'solver', createdAt: at}), undefined);
});

test('less than a second is rounding, a second is another job', () => {
	for (const distance of [-999, 999])
		assert.equal(whyAnother(shown, {name: 'mesh', createdAt: at + distance}), undefined);
	for (const distance of [-1000, 1000])
		assert.match(whyAnother(shown, {name: 'mesh', createdAt: at + distance}) ?? '', /another job/);
});

test('another submission is named with both times', () => {
	assert.equal(
		whyAnother(shown, {name: 'mesh', createdAt: at + 3_600_000}),
		'the id now belongs to another job: "mesh", submitted 2026-01-02 04:04:05 UTC; "mesh" was submitted 2026-01-02 03:04:05 UTC',
	);
	assert.match(whyAnother(shown, {name: 'mesh', createdAt: 9e15}) ?? '', /submitted 9000000000000000;/);
	assert.match(
		whyAnother(shown, {name: 'mesh', createdAt: 8.64e15 + 1}) ?? '',
		/submitted 8640000000000001;/,
	);
	assert.match(whyAnother(shown, {name: 'mesh', createdAt: 8.64e15}) ?? '', /submitted \+275760-09-13/);
});

test('a job of the same name that was put back into the queue is the same one', () => {
	const later = {createdAt: at + 3_600_000};
	assert.equal(whyAnother(shown, {...later, name: 'mesh', restarts: 1}), undefined);
	assert.match(whyAnother(shown, {...later, name: 'solver', restarts: 1}) ?? '', /another job/);
	assert.match(whyAnother(shown, {...later, name: 'mesh', restarts: 0}) ?? '', /another job/);
	assert.match(whyAnother(shown, {...later, name: 'mesh'}) ?? '', /another job/);
});

test('where no time was shown, a submission after the confirmation is another job', () => {
	assert.equal(whyAnother(withoutTime, {name: 'solver', createdAt: at}, at), undefined);
	assert.equal(whyAnother(withoutTime, {name: 'solver', createdAt: at}), undefined);
	assert.match(
		whyAnother(withoutTime, {name: 'mesh', createdAt: at + 1}, at) ?? '',
		/another job: "mesh", .* after the confirmation$/,
	);
});

test('where a look gives no time, another name is another job', () => {
	assert.equal(whyAnother(shown, {name: 'mesh'}), undefined);
	assert.equal(
		whyAnother(shown, {name: 'solver'}),
		'the id now belongs to another job: "solver"; "mesh" was shown',
	);
});

test('a name that is only the id tells no job from another', () => {
	assert.equal(whyAnother({...shown, name: '1'}, {name: 'solver'}), undefined);
	assert.equal(whyAnother(shown, {name: '1'}), undefined);
});

test('what the system calls the submission decides before its time and its name', () => {
	const own = {...shown, uid: 'c040679b'};
	assert.equal(whyAnother(own, {name: 'mesh', createdAt: at, uid: 'c040679b'}), undefined);
	assert.equal(whyAnother(own, {name: 'solver', createdAt: at + 3_600_000, uid: 'c040679b'}), undefined);
	// Made again within the second.
	assert.match(
		whyAnother(own, {name: 'mesh', createdAt: at, uid: '32840861'}) ?? '',
		/another job: "mesh", submitted .*, uid 32840861; uid c040679b was shown/,
	);
	assert.match(whyAnother(own, {name: 'mesh', uid: '32840861'}) ?? '', /another job: "mesh", uid 32840861/);
	// An earlier journal has none.
	assert.equal(whyAnother(shown, {name: 'mesh', createdAt: at, uid: '32840861'}), undefined);
});
