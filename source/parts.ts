/*
The large parts of the program, loaded from their files when they are needed. In the executable, executable/parts.ts takes its place.
*/

export const loadScreen = (): Promise<typeof import('./tui.tsx')> => import('./tui.tsx');

export const loadCommands = (): Promise<typeof import('./command-line/program.ts')> =>
	import('./command-line/program.ts');
