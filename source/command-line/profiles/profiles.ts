import {documentsMark, markedTitle} from '../../backends/abilities.ts';
import type {Connection} from '../../backends/backend.ts';
import {worstExitCode} from '../../cancellation/outcomes.ts';
import {methodsOf} from '../../config/profile-entries.ts';
import type {ProfileSetting} from '../../config/profile-setting.ts';
import {systemClock} from '../../process/clock.ts';
import {count} from '../../text/format.ts';
import {didYouMean} from '../../text/nearest.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import {version} from '../output/version.ts';
import type {OpenSession} from '../session.ts';
import {type Tried, tryContract} from './contract.ts';
import {connectionOf} from './failure-words.ts';
import {type ProfileTest, testProfile} from './profile-test.ts';

export type ProfilesOutput = 'text' | 'json';

const factsOf = async ({name, entry, protect, readOnly}: ProfileSetting, {reach, traits}: Connection) => ({
	profile: name,
	backend: entry.backend,
	/** The address of its server, where it has one. */
	address: (await methodsOf(entry.backend)).address(entry),
	/** The source of the credential; the credential itself is never shown. */
	credential: reach?.credential,
	/** Why it was found without a configuration. */
	found: reach?.found,
	/** How its system works is known from documents. */
	fromDocuments: traits.fromDocuments,
	protected: protect,
	readOnly,
});

/** Prints the profiles. Sends no request. */
export const listProfiles = async (
	output: ProfilesOutput,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	try {
		const all = await Promise.all(
			session.profiles.map(async setting => {
				const connection = connectionOf(session.connections, setting.name);
				return {facts: await factsOf(setting, connection), way: connection.reach?.address};
			}),
		);
		const {passedOver = []} = session.configuration ?? {};
		if (output === 'json') {
			const profiles = all.map(({facts}) => facts);
			console.data(`${JSON.stringify({version: 1, profiles, passedOver})}\n`);
		} else {
			console.data(table(all));
			for (const {name, why} of passedOver) console.say(`no profile ${name}: ${why}`);
		}
		return 0;
	} finally {
		await session.close();
	}
};

type Facts = Awaited<ReturnType<typeof factsOf>>;

const notes = ({
	found,
	fromDocuments,
	protected: guarded,
	readOnly,
}: Pick<Facts, 'found' | 'fromDocuments' | 'protected' | 'readOnly'>): readonly string[] =>
	[
		found !== undefined && `found: ${found}`,
		fromDocuments && documentsMark,
		guarded && 'protected',
		readOnly && 'read-only',
	].filter(note => typeof note === 'string');

const table = (all: readonly {readonly facts: Facts; readonly way: string | undefined}[]): string => {
	const rows = [
		['PROFILE', 'BACKEND', 'ADDRESS', 'CREDENTIAL', 'NOTE'],
		...all.map(({facts: {profile, backend, credential = '-', ...more}, way = '-'}) => [
			profile,
			backend,
			way,
			credential,
			notes(more).join(', '),
		]),
	];
	const widths = [0, 1, 2, 3, 4].map(column => Math.max(...rows.map(row => widthOf(row[column] ?? ''))));
	return rows
		.map(row =>
			row
				.map((cell, column) => padEnd(cell, widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.map(line => `${line}\n`)
		.join('');
};

export type TestSelection = {
	/** All profiles if it is empty. */
	readonly names: readonly string[];
	/** Also try what every backend promises, as far as nothing is changed. */
	readonly contract: boolean;
};

/** A profile that was tested; with what became of each promise, if that was tried. */
type Tested = ProfileTest & {readonly title: string; readonly contract?: readonly Tried[]};

/** Tests profiles, and says which step of each failed and what to do. */
export const testProfiles = async (
	{names, contract}: TestSelection,
	output: ProfilesOutput,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	try {
		const {profiles, connections, env} = session;
		const known = profiles.map(({name}) => name);
		const unknown = names.find(name => !known.includes(name));
		if (unknown !== undefined)
			throw new CommandError(`there is no profile ${JSON.stringify(unknown)}; ${didYouMean(unknown, known)}`);
		const selected = profiles.filter(({name}) => names.length === 0 || names.includes(name));
		const results = await Promise.all(
			selected.map(async (setting): Promise<Tested> => {
				const connection = connectionOf(connections, setting.name);
				const tested = {
					...(await testProfile(setting, connection, env)),
					title: markedTitle(connection.traits),
				};
				// What cannot be reached keeps and breaks no promise.
				if (!contract || !tested.ok) return tested;
				return {...tested, contract: await tryContract(connection, systemClock.now())};
			}),
		);
		if (output === 'json') console.data(documentOf(results));
		else {
			console.data(results.map(text).join(''));
			if (results.some(({contract}) => contract)) console.say(howToReport());
		}
		return worstExitCode(
			results.map(({ok, credential, contract = []}) => {
				if (!ok) return credential ? 4 : 5;
				return contract.some(({result}) => result === 'broken') ? 5 : 0;
			}),
		);
	} finally {
		await session.close();
	}
};

const text = ({profile, backend, steps, contract, title}: Tested): string =>
	[
		`${profile} (${backend})\n`,
		...steps.map(
			({step, ok, detail, remedy}) =>
				`  ${ok ? 'ok    ' : 'FAILED'}  ${padEnd(step, 11)}  ${detail}${remedy === undefined ? '' : `; ${remedy}`}\n`,
		),
		...(contract === undefined ? [] : contractLines(title, contract)),
	].join('');

const contractLines = (title: string, contract: readonly Tried[]): readonly string[] => {
	const numberOf = (wanted: Tried['result']) => contract.filter(({result}) => result === wanted).length;
	return [
		...contract.map(({promise, result, detail}) => `  ${padEnd(result, 9)}  ${promise}: ${detail}\n`),
		`  ${title}: ${count(numberOf('kept'), 'promise')} kept, ${numberOf('broken')} broken, ${numberOf('not tried')} not tried\n`,
	];
};

/** What to do with the result. */
const howToReport = (): string =>
	`Nothing was changed. Please report this, whatever it says, as an issue where you got jobtop: the text above, without anything private, the version of the job system, and jobtop ${version()}, node ${process.versions.node}, ${process.platform}-${process.arch}. For what was not tried, run it again while a job of yours runs.`;

const documentOf = (results: readonly Tested[]): string =>
	`${JSON.stringify({
		version: 1,
		profiles: results.map(({profile, backend, ok, steps, contract}) => ({
			profile,
			backend,
			ok,
			steps,
			contract,
		})),
	})}\n`;
