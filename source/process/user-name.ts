import {userInfo} from 'node:os';

/** The name of the user who runs jobtop. Where the machine has none for the number, as a container may not, it is that of `USER`, or the number, as `ls -l` shows it. */
export const userName = (
	read: () => string = () => userInfo().username,
	env: Readonly<Record<string, string | undefined>> = process.env,
): string => {
	try {
		return read();
	} catch {
		return env.USER || String(process.getuid?.() ?? 'somebody');
	}
};
