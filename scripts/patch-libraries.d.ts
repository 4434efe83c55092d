export const missingChanges: (root: URL) => readonly {readonly path: string; readonly text: string}[];
export const requirePatches: (root: URL) => void;
export const applyPatches: (root: URL) => number;
