/**
Why a record that says cancelled does not prove that the work has ended.

- `may-run`: the work had begun, and nothing says that it has ended.
- `may-start`: the work had not begun, and nothing says that it will not.
*/
export type Unproven = 'may-run' | 'may-start';

/** What may still happen to such a job. */
export const unprovenWords = {
	'may-run': 'the process may still run',
	'may-start': 'it may still start',
} as const satisfies Record<Unproven, string>;
