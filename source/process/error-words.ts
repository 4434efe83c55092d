import {shortageWords} from './shortage.ts';

/** What the operating system refused, by its error code. */
const causes: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EPERM: 'permission denied',
	ENOENT: 'no such file or folder',
	ENOTDIR: 'a part of the path is not a folder',
	EISDIR: 'it is a folder, not a file',
	ENOSPC: 'no space left on the disk',
	EDQUOT: 'the disk quota is used up',
	EROFS: 'the file system is read-only',
	ELOOP: 'too many symbolic links',
	ENAMETOOLONG: 'the path is too long',
	EIO: 'the disk does not work (input/output error)',
	ESTALE: 'the file system lost the file (stale file handle)',
	EADDRINUSE: 'another program uses it',
	EADDRNOTAVAIL: 'this machine does not have the address',
};

/** Node has no message for an exceeded quota on Linux (EDQUOT, errno 122). */
const codeOf = ({code, errno}: NodeJS.ErrnoException): string | undefined =>
	errno === -122 || code?.includes('-122') ? 'EDQUOT' : code;

/** Why the operating system refused a file or an address, without its path: `permission denied`. Of an unknown code, the code itself. */
export const causeWords = (error: unknown): string => {
	const code = codeOf((error ?? {}) as NodeJS.ErrnoException);
	if (code !== undefined && Object.hasOwn(causes, code)) return causes[code] ?? code;
	return shortageWords(error) ?? code ?? String((error as Error | undefined)?.message ?? error);
};

/** The message of an error. Of the operating system: the path and its cause in words, `/x: permission denied`. */
export const errorWords = (error: Error): string => {
	const {code, path, syscall} = error as NodeJS.ErrnoException;
	if (code === undefined || syscall === undefined) return error.message;
	const cause = causeWords(error);
	return path === undefined ? cause : `${path}: ${cause}`;
};
