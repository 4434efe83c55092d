/** Who has the keyboard. `anywhere` is asked last, whoever has it. */
export type CommandScope =
	| 'table'
	| 'detail'
	/** The log of the job that is told in full; what it does not take, the detail takes. */
	| 'log'
	| 'cancellations'
	| 'box'
	/** The box about many jobs, or somebody else's: how many has to be typed. */
	| 'number-box'
	/** The box of a protected profile: its name has to be typed. */
	| 'typed-box'
	/** Why it is cancelled is being typed. */
	| 'reason'
	/** Everything that the box would send. */
	| 'box-list'
	/** The actions on a job. */
	| 'actions'
	/** The question before a job is deleted. */
	| 'delete-box'
	/** The question before several jobs are dismissed. */
	| 'dismiss-box'
	| 'menu'
	/** Copying. */
	| 'copies'
	/** The profiles. */
	| 'profiles'
	| 'filter'
	/** Which jobs to mark is being typed. */
	| 'mark'
	/** What is looked for in a log is being typed. */
	| 'find'
	| 'help'
	/** What is looked for in the help is being typed. */
	| 'help-find'
	/** A command is being typed by its name. */
	| 'command'
	| 'anywhere';
