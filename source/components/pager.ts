import {spawn} from 'node:child_process';
import {withoutInterrupts} from './interrupts.ts';

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
	return withoutInterrupts(
		() =>
			new Promise<string | undefined>(resolve => {
				const child = spawn('/bin/sh', ['-c', pager], {env: {...env}, stdio: ['pipe', 'inherit', 'inherit']});
				child.once('error', ({message}) => resolve(`cannot start a shell: ${message}`));
				child.once('close', code =>
					resolve(code === noSuchProgram ? `there is no ${pager}; PAGER names another` : undefined),
				);
				// A reader who leaves before the end wants no more of it.
				child.stdin?.on('error', () => undefined);
				child.stdin?.end(text.endsWith('\n') ? text : `${text}\n`);
			}),
	);
};
