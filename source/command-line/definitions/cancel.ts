import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';
import {requesting, withChoice, withManner} from './pursuit.ts';

export const defineCancel: Define = (parent, acting) =>
	withExamples(
		withoutEveryone(
			withManner(
				withChoice(
					parent.command('cancel').description('cancel jobs and follow each until it has really ended'),
					'cancel',
				),
				'recorded in the journal',
			).action(acting(requesting('cancel'))),
			'jobtop list --everyone -o ref QUERY | jobtop cancel --from - --dry-run, and -y in place of --dry-run to send it',
		),
		['jobtop cancel hpc2/918273', 'ask, then follow the job to its end'],
		["jobtop cancel --query 'state:queued age>2h' --dry-run", 'show what would be sent'],
		[
			"jobtop cancel --query name~mesh --max 20 -y --reason 'bad mesh'",
			'cancel only if at most twenty jobs match',
		],
		['jobtop list --everyone -o ref QUERY | jobtop cancel --from - -y', "include other people's jobs"],
		['jobtop cancel --from refs.txt --mine --dry-run', "leave other people's jobs out"],
		['jobtop cancel prod/3f2a -y --protected prod --wait accepted', 'cancel on a protected profile'],
	);
