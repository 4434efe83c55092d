/*
The large parts of the program, loaded from their files when they are needed. In the executable, executable/parts.ts takes its place.
*/

export const loadScreen = () => import('./tui.tsx');

export const loadCommands = () => import('./command-line/program.ts');
