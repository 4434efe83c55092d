/*
The name of the discovered Slurm profile: the cluster of this machine. Several clusters may share one home directory, so one name for all would not distinguish them.
*/
import {spawnSync} from 'node:child_process';
import {readFileSync, realpathSync, renameSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {dirname, join} from 'node:path';
import {makeDirectory} from '../../process/make-directory.ts';
import {type Environment, stateDirectory} from '../../process/state-directory.ts';
import {pathOfProgram} from '../programs/program-path.ts';
import {readClusterName} from './system.ts';

/** scontrol itself takes 18 s to find out that no controller is there. */
const askLimitMs = 1500;

/** Where slurm.conf is, if SLURM_CONF does not say: below the folder of squeue, where the packages of distributions have it, and where a machine without one of its own keeps what it was given. https://slurm.schedmd.com/slurm.conf.html, https://slurm.schedmd.com/configless_slurm.html */
const usualPlaces = (squeue: string, etc: string): readonly string[] => {
	const prefix = dirname(dirname(squeue));
	const own = prefix === '/usr' || prefix === '/' ? [] : [join(prefix, 'etc'), join(prefix, 'etc/slurm')];
	const shared = [join(etc, 'slurm'), join(etc, 'slurm-llnl'), '/usr/local/etc', '/run/slurm/conf'];
	return [...own, ...shared].map(folder => join(folder, 'slurm.conf'));
};

/** The cluster of the squeue on PATH: as slurm.conf says, else as scontrol says within a second or two, which is kept; undefined where neither does. `etc`: where this machine keeps its configuration. */
export const nameOfCluster = (env: Environment, etc = '/etc'): string | undefined => {
	const squeue = pathOfProgram('squeue', env);
	if (squeue === undefined) return undefined;
	const places = env.SLURM_CONF ? [env.SLURM_CONF] : usualPlaces(resolved(squeue), etc);
	for (const place of places) {
		const text = read(place);
		const name = text === undefined ? undefined : nameInFile(text);
		if (name !== undefined) return name;
	}
	return askedOnce(env, squeue);
};

/** What slurm.conf says; keys are written in any case, and `#` begins a comment. */
const nameInFile = (text: string): string | undefined =>
	/^[^\S\n]*ClusterName[^\S\n]*=[^\S\n]*"?([^\s#"]+)/im.exec(text)?.[1];

const resolved = (path: string): string => {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
};

const read = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
};

type Cache = Readonly<Record<string, string>>;

/** What scontrol says, kept by machine and configuration: nothing else depends on it, so a cache that cannot be read or written is ignored. */
const askedOnce = (env: Environment, squeue: string): string | undefined => {
	const folder = stateDirectory(env);
	const file = join(folder, 'cluster-names.json');
	const key = JSON.stringify([hostname(), env.SLURM_CONF ?? '', squeue]);
	const kept = readCache(file);
	if (Object.hasOwn(kept, key)) return kept[key];
	const {stdout} = spawnSync(join(dirname(squeue), 'scontrol'), ['show', 'config'], {
		env: {...env, LC_ALL: 'C.UTF-8'} as NodeJS.ProcessEnv,
		cwd: '/',
		timeout: askLimitMs,
		killSignal: 'SIGKILL',
		stdio: ['ignore', 'pipe', 'ignore'],
		encoding: 'utf8',
	});
	const name = readClusterName(stdout ?? '');
	if (name === undefined) return undefined;
	try {
		makeDirectory(folder);
		writeFileSync(`${file}.${process.pid}`, JSON.stringify({...kept, [key]: name}), {mode: 0o600});
		renameSync(`${file}.${process.pid}`, file);
	} catch {
		// It is asked again the next time.
	}
	return name;
};

const readCache = (file: string): Cache => {
	try {
		const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
		if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return {};
		const entries = Object.entries(kept).filter(([, name]) => typeof name === 'string' && name !== '');
		return Object.fromEntries(entries);
	} catch {
		return {};
	}
};
