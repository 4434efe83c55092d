import type {ReversibleOperation} from '../../job/operation.ts';
import type {Define} from './definition.ts';
import {type Example, withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';
import {requesting, withChoice, withRequest} from './pursuit.ts';

const define =
	(operation: ReversibleOperation, description: string, ...examples: readonly Example[]): Define =>
	(parent, acting) =>
		withExamples(
			withoutEveryone(
				withRequest(
					withChoice(parent.command(operation).description(description), operation),
					'recorded in the journal',
				).action(acting(requesting(operation))),
				`jobtop list --everyone -o ref QUERY | jobtop ${operation} --from - --dry-run, and -y in place of --dry-run to send it`,
			),
			...examples,
		);

export const defineSuspend = define(
	'suspend',
	'stop the work of jobs, keep their records, and follow each until nothing of it runs',
	['jobtop suspend lab/ml/train', 'ask, then follow the job until it is suspended'],
	["jobtop suspend --query 'state:running name~sweep' --dry-run", 'show what would be sent'],
);

export const defineUnsuspend = define(
	'unsuspend',
	'start suspended jobs again, and follow each until it is no longer suspended',
	['jobtop unsuspend lab/ml/train', 'ask, then follow the job until it is started again'],
);
