import assert from 'node:assert/strict';
import {test} from 'node:test';
import {profilesOf} from '../../../source/view-models/cancellation/run-profiles.ts';
import {report} from '../../helpers/screen-facts.ts';

test('the note of a profile counts jobs, as the rest of its line does', () => {
	const notSent = {step: 'settled', outcome: {kind: 'not-sent'}} as const;
	const [profile] = profilesOf([
		report('a/7.1', notSent),
		report('a/7.3-8', {...notSent, jobs: 6}),
		report('a/8', {jobs: 2}),
	]);
	assert.deepEqual([profile?.jobs, profile?.done, profile?.note], [9, 7, '7 not sent']);
});
