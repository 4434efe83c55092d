/** The part of the screen that has the keyboard. `anywhere` handles keys that no other scope takes. */
export type CommandScope =
	| 'table'
	| 'detail'
	/** The log in the details of a job. Keys that it does not take go to `detail`. */
	| 'log'
	| 'cancellations'
	| 'box'
	/** The confirmation for many jobs, or for jobs of other users: the number must be typed. */
	| 'number-box'
	/** The confirmation for a protected profile: its name must be typed. */
	| 'typed-box'
	/** Typing the reason of a cancellation. */
	| 'reason'
	/** The list of all targets, or the dry run. */
	| 'box-list'
	/** The actions on a job. */
	| 'actions'
	/** The confirmation of a deletion. */
	| 'delete-box'
	/** The question before several jobs are dismissed. */
	| 'dismiss-box'
	| 'menu'
	/** The menu of what can be copied. */
	| 'copies'
	/** The profiles. */
	| 'profiles'
	| 'filter'
	/** Typing a query for jobs to mark. */
	| 'mark'
	/** Typing the search text of a log. */
	| 'find'
	| 'help'
	/** Typing the search text of the help. */
	| 'help-find'
	/** The `:` prompt. */
	| 'command'
	| 'anywhere';
