import {spawn} from 'node:child_process';

/** The exit code of a shell for an unknown program. */
const noSuchProgram = 127;

/**
Shows a text in `$PAGER`, else in less, with this environment. Resolves when the user quits it: with nothing, or with the reason if it could not be shown. The terminal must be free.
*/
export const pageText = (
	text: string,
	env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> => {
	const pager = env.PAGER?.trim() || 'less';
	const others = process.listeners('SIGINT');
	const ignore = () => undefined;
	// Ctrl-C belongs to the pager while it runs, and reaches its whole process group.
	process.on('SIGINT', ignore);
	for (const listener of others) process.off('SIGINT', listener);
	return new Promise<string | undefined>(resolve => {
		const child = spawn('/bin/sh', ['-c', pager], {env: {...env}, stdio: ['pipe', 'inherit', 'inherit']});
		child.once('error', ({message}) => resolve(`cannot start a shell: ${message}`));
		child.once('close', code =>
			resolve(code === noSuchProgram ? `there is no ${pager}; PAGER names another` : undefined),
		);
		// A user who quits before the end needs no more of the text.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(text.endsWith('\n') ? text : `${text}\n`);
	}).finally(() => {
		for (const listener of others) process.on('SIGINT', listener);
		process.off('SIGINT', ignore);
	});
};
