/*
What a session without a screen says by itself.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {FileTroubles} from '../../../source/engine/protocol.ts';
import {createJobStore} from '../../../source/store/store.ts';
import {createTelling} from '../../../source/view-models/spoken/changes.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, start} from '../../helpers/screen-facts.ts';

test('a file that cannot be written is said once, and its end too', () => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.receive([hello([profile('w')]), {type: 'health', health: health('w')}, jobs(job('w/1'))]);
	const tell = createTelling(start);
	const said = () => tell(store.getState(), start).map(line => line.replace(/^[\d:]+ /, ''));
	const receive = (troubles: FileTroubles) => store.receive([{type: 'file-troubles', troubles}]);
	said();
	const journals = 'nothing can be cancelled: the disk is full; make room';
	receive({journals, dismissals: 'the same'});
	assert.deepEqual(said(), [journals]);
	receive({journals, dismissals: 'another'});
	assert.deepEqual(said(), []);
	receive({dismissals: 'nothing can be dismissed'});
	assert.deepEqual(said(), ['nothing can be dismissed']);
	receive({});
	assert.deepEqual(said(), ['jobtop can write its files again']);
});
