import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';

/** The settings of the terminal (line discipline, echo, special characters) as `stty` writes them; undefined where it cannot tell. */
const settings = (): string | undefined => {
	const {status, stdout} = spawnSync('stty', ['-g'], {
		stdio: ['inherit', 'pipe', 'ignore'],
		encoding: 'utf8',
	});
	return status === 0 ? stdout.trim() : undefined;
};

/**
Ends each pinentry that has this terminal open. gpg-agent starts it outside of every group that Ctrl-C or a hang-up reaches, so it goes on reading keys after gpg was interrupted, and spins once its terminal is gone. Linux only: elsewhere nothing tells which program has a terminal open.
*/
export const endPinentries = (): void => {
	try {
		const terminal = readlinkSync('/proc/self/fd/0');
		for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
			if (isPinentryOn(pid, terminal)) process.kill(Number(pid), 'SIGKILL');
		}
	} catch {
		// There is no /proc, or the program has ended by itself.
	}
};

const isPinentryOn = (pid: string, terminal: string): boolean => {
	try {
		if (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('pinentry')) return false;
		return readdirSync(`/proc/${pid}/fd`).some(fd => readlinkSync(`/proc/${pid}/fd/${fd}`) === terminal);
	} catch {
		return false;
	}
};

/** Runs `use`, during which another program has the terminal, and restores the settings of the terminal: an interrupted program leaves its own. The terminal must be free. */
export const lendTerminal = async (use: () => Promise<void>): Promise<void> => {
	const before = settings();
	try {
		await use();
	} finally {
		endPinentries();
		if (before !== undefined) spawnSync('stty', [before], {stdio: ['inherit', 'ignore', 'ignore']});
	}
};
