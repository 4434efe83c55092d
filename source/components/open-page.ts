import {spawn} from 'node:child_process';
import {keyWord} from '../keys/words.ts';
import {withoutAnyToken} from '../process/without-tokens.ts';
import type {State} from '../state/state.ts';
import {awaitPage, say} from '../state/transitions.ts';
import type {JobStore} from '../store/store.ts';
import {profileOf} from '../table/subject.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment for an external program, without any profile's credential. */
export const outsideEnv = ({known}: State, env: Environment): Environment =>
	withoutAnyToken(
		env,
		known.profiles.map(({variable}) => variable),
	);

/** The program that opens a page, and its arguments: the address is always a separate argument, and no shell parses it. */
export const browserFor = (
	url: string,
	env: Environment,
	platform: NodeJS.Platform,
): readonly [file: string, ...args: string[]] => {
	const [file, ...args] = (env.BROWSER?.split(':')[0] ?? '').trim().split(/\s+/);
	if (!file) return [platform === 'darwin' ? 'open' : 'xdg-open', url];
	return args.includes('%s')
		? [file, ...args.map(each => (each === '%s' ? url : each))]
		: [file, ...args, url];
};

/** Opens a page. Returns why if it could not be opened. */
const openPage = (url: string, env: Environment, failed: (why: string) => void): void => {
	const [file, ...args] = browserFor(url, env, process.platform);
	const child = spawn(file, args, {env: {...env}, stdio: 'ignore', detached: true});
	child.once('error', ({message}) => failed(`${file} cannot be run (${message})`));
	child.once('exit', code => {
		if (code !== null && code !== 0) failed(`${file} ended with ${code}`);
	});
	child.unref();
};

/** Opens the page of the requested job as soon as its address is known. Returns a function that stops it. */
export const openWantedPages = (store: JobStore, env: Environment): (() => void) =>
	store.subscribe(state => {
		const {opening} = state.screen;
		const {links} = state.known;
		if (opening === undefined || links?.ref !== opening) return;
		const {page} = links;
		const title = profileOf(state, opening)?.title ?? 'its system';
		const word =
			page === undefined ? `${title} has no page for a job; set page in its profile` : `opening ${page}`;
		store.change(awaitPage(undefined), say(word));
		if (page !== undefined) {
			const copies = `${keyWord(state, 'copy-more')} copies the address`;
			openPage(page, outsideEnv(state, env), why => store.change(say(`${why}; ${copies}`)));
		}
	});
