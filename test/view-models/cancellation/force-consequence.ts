import assert from 'node:assert/strict';
import {test} from 'node:test';
import {pbs} from '../../../source/backends/pbs/index.ts';
import {confirmationLines} from '../../../source/command-line/cancelling/confirmation.ts';
import {targetOf} from '../../../source/job/target.ts';
import {createJobStore} from '../../../source/store/store.ts';
import {asciiGlyphs} from '../../../source/text/theme.ts';
import {oneJobContent} from '../../../source/view-models/cancellation/cancel-box.ts';
import {manyJobsContent} from '../../../source/view-models/cancellation/cancel-many.ts';
import {openCancelBox} from '../../../source/view-models/cancellation/cancel-targets.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, start} from '../../helpers/screen-facts.ts';

const consequence = 'Slurm ends it.';
const forceConsequence = 'Slurm forgets it.';

test('the question before a force-cancel says what force does, where that is something else', () => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	const selected = ['a/1', 'a/2'].map(ref => job(ref as `a/${string}`));
	const canvas = {width: 120, height: 200, glyphs: asciiGlyphs, now: start, zone: 'utc'} as const;
	const words = (facts: object, force: boolean) => {
		const info = {...profile('a'), consequence, ...facts};
		store.receive([hello([info]), {type: 'health', health: health('a')}, jobs(...selected)]);
		const state = store.getState();
		const forced = force && {force};
		const one = oneJobContent(
			state,
			{...openCancelBox(state, selected.slice(0, 1), start), ...forced},
			canvas,
		);
		const many = manyJobsContent(state, {...openCancelBox(state, selected, start), ...forced}, canvas);
		return [one, many].map(({parts}) =>
			parts.flatMap(({lines}) => lines.map(line => line.map(({text}) => text).join(''))).join('\n'),
		);
	};
	for (const text of words({forceConsequence}, true)) {
		assert.match(text, /Slurm forgets it\./);
		assert.doesNotMatch(text, /Slurm ends it\./);
	}
	for (const text of [...words({forceConsequence}, false), ...words({}, true)]) {
		assert.match(text, /Slurm ends it\./);
	}
});

test('so does the command line', () => {
	const one = job('far/1.pbs');
	const connection = {profile: 'far', traits: pbs.traits, backend: pbs.connect('far', {})};
	const lines = (force: boolean) =>
		confirmationLines(
			force ? 'force-cancel' : 'cancel',
			[{target: targetOf(one), profile: 'far', job: one}],
			[connection],
			start,
		);
	assert.equal(lines(true).at(-1), pbs.traits.forceConsequence);
	assert.equal(lines(false).at(-1), pbs.traits.consequence);
});
