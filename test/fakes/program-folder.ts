/*
The programs of a job system that a test runs in place of the real ones: small scripts in a folder of their own, over files beside them.
*/
import {chmod, mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

type ProgramFolder = {
	readonly folder: string;
	/** The folder of the programs. */
	readonly bin: string;
	/** The programs that ran, with their arguments, as `script` writes them to `requests`: a line of JSON each. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
};

export type ProgramFolderOptions = {
	readonly name: string;
	/** Made below the folder. */
	readonly folders: readonly string[];
	/** Beside this file. It gets the name of the program and its arguments. */
	readonly script: string;
	readonly programs: readonly string[];
	/** Whom `id` names. */
	readonly user: string;
};

export const openProgramFolder = async ({
	name,
	folders,
	script,
	programs,
	user,
}: ProgramFolderOptions): Promise<ProgramFolder> => {
	const folder = await mkdtemp(join(tmpdir(), `fake-${name}-`));
	const bin = join(folder, 'bin');
	for (const each of ['bin', ...folders]) await mkdir(join(folder, each));
	const file = fileURLToPath(new URL(script, import.meta.url));
	const scripts = {
		ssh: fakeSsh(join(folder, 'ssh-up')),
		id: `#!/bin/sh\necho ${user}\n`,
		...Object.fromEntries(
			programs.map(program => [program, `#!/bin/sh\nexec '${process.execPath}' '${file}' ${program} "$@"\n`]),
		),
	};
	for (const [each, text] of Object.entries(scripts)) {
		await writeFile(join(bin, each), text);
		await chmod(join(bin, each), 0o755);
	}
	return {
		folder,
		bin,
		async calls() {
			const text = await readFile(join(folder, 'requests'), 'utf8').catch(() => '');
			return text
				.split('\n')
				.filter(line => line !== '')
				.map(line => JSON.parse(line) as string[]);
		},
	};
};

/** An ssh whose other side is this machine, with a shell that greets. */
const fakeSsh = (up: string): string => `#!/bin/sh
case " $* " in *' -O check '*) [ -e '${up}' ]; exit ;; esac
for command; do :; done
if [ "$command" = exit ]; then : >'${up}'; exit 0; fi
echo 'Welcome to login1'
sh -c "$command"
`;
