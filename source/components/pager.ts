import {spawn} from 'node:child_process';

/** What a shell answers where there is no such program. */
const noSuchProgram = 127;

/**
Shows a text in `$PAGER`, else in less, which get this environment, and resolves once it is left: with nothing, or with why it could not be shown. The terminal has to be free.
*/
export const pageText = (
	text: string,
	env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> => {
	const pager = env.PAGER?.trim() || 'less';
	const others = process.listeners('SIGINT');
	const ignore = () => undefined;
	// Ctrl-C is for the pager while it is there, and reaches its whole group.
	process.on('SIGINT', ignore);
	for (const listener of others) process.off('SIGINT', listener);
	return new Promise<string | undefined>(resolve => {
		const child = spawn('/bin/sh', ['-c', pager], {env: {...env}, stdio: ['pipe', 'inherit', 'inherit']});
		child.once('error', ({message}) => resolve(`cannot start a shell: ${message}`));
		child.once('close', code =>
			resolve(code === noSuchProgram ? `there is no ${pager}; PAGER names another` : undefined),
		);
		// Whoever leaves before the end was read wants no more of it.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(text.endsWith('\n') ? text : `${text}\n`);
	}).finally(() => {
		for (const listener of others) process.on('SIGINT', listener);
		process.off('SIGINT', ignore);
	});
};
