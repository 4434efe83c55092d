/*
The built program on a PBS that it finds by itself: what it says of cancellations when they are over.
*/
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {type FakePbs, openFakePbs, pbsRunning as running} from '../../fakes/pbs.ts';
import {temporaryDirectory} from '../../helpers/engine.ts';
import {runCli} from '../../helpers/run-cli.ts';

const me = userInfo().username;
const mine = {Job_Owner: `${me}@login1`};

const open = async (context: TestContext) => {
	const far = await openFakePbs();
	context.after(far.close);
	const file = join(far.folder, 'pbs.conf');
	await writeFile(file, `PBS_SERVER=fakepbs\nPBS_EXEC=${far.folder}\n`);
	const env = {
		PBS_CONF_FILE: file,
		PATH: '/usr/bin:/bin',
		TZ: 'America/New_York',
		FAKE_PBS: far.folder,
		FAKE_PBS_USER: me,
		JOBTOP_STATE_DIR: temporaryDirectory(context),
	};
	return {...far, jobtop: (...words: readonly string[]) => runCli(words, {env})};
};

type Results = {
	readonly results: readonly {readonly ref: string; readonly outcome: string; readonly detail?: string}[];
	readonly unproven?: number;
};

const cancel = async (jobtop: Awaited<ReturnType<typeof open>>['jobtop'], ...ids: readonly string[]) => {
	const {stdout, stderr} = await jobtop('cancel', ...ids.map(id => `fakepbs/${id}`), '-y', '-o', 'json');
	const {results, unproven} = JSON.parse(stdout || assert.fail(stderr)) as Results;
	const of = Object.fromEntries(
		results.map(({ref, outcome, detail}) => [ref.replace('fakepbs/', ''), [outcome, detail]]),
	);
	return {of, unproven};
};

const noCallHadTwoIds = async ({calls, isDown}: FakePbs) => {
	const deletions = (await calls()).filter(([program]) => program === 'qdel');
	for (const [, ...args] of deletions) assert.equal(args.length, 1);
	assert.equal(await isDown(), false);
};

test('jobs of every kind are cancelled and followed to their ends', async context => {
	const far = await open(context);
	await far.put('1.fakepbs', {...mine, ...running}, {stubborn: 1});
	await far.put('2.fakepbs', mine);
	await far.put('4.fakepbs', {...mine, ...running}, {forgotten: true});
	await far.putArray('3[].fakepbs', {1: {...running}, 2: {job_state: 'Q'}}, mine);
	const ids = ['1.fakepbs', '2.fakepbs', '3[].fakepbs', '4.fakepbs', '9.fakepbs'];
	const {of, unproven} = await cancel(far.jobtop, ...ids);
	assert.deepEqual(of, {
		'1.fakepbs': ['cancelled', undefined],
		'2.fakepbs': ['cancelled', undefined],
		'3[].fakepbs': ['cancelled', undefined],
		// The server was restarted before its end.
		'4.fakepbs': ['cancelled', 'ended by SIGTERM'],
		'9.fakepbs': ['not-found', 'no such job'],
	});
	// The signal is a proof that the work has ended.
	assert.equal(unproven, undefined);
	await noCallHadTwoIds(far);
});

test('without a history nobody can tell how a job ended, and jobtop says so', async context => {
	const far = await open(context);
	await far.turnHistoryOff();
	await far.put('1.fakepbs', {...mine, ...running});
	const {of} = await cancel(far.jobtop, '1.fakepbs');
	assert.deepEqual(of, {'1.fakepbs': ['unknown', 'its record is gone, so how it ended is unknown']});
	await noCallHadTwoIds(far);
});
