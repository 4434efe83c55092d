/*
The manual page, from the commands themselves.
*/
import {readFileSync} from 'node:fs';
import type {Command, Option} from 'commander';
import {examplesOf} from '../source/command-line/definitions/examples.ts';
import {exitCodesOf} from '../source/command-line/definitions/exit-code-help.ts';
import {exitCodes} from '../source/command-line/output/exit-codes.ts';
import {createProgram} from '../source/command-line/program.ts';
import {queryFields} from '../source/table/query.ts';

/** Text as roff takes it. */
const roff = (text: string): string =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replace(/^([.'])/gm, '\\&$1');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const entry = (term: string, text: string): string => `.TP\n${bold(term)}\n${roff(text)}\n`;

const optionText = ({description, argChoices, defaultValueDescription, defaultValue}: Option): string => {
	const usual = defaultValueDescription ?? (typeof defaultValue === 'string' ? defaultValue : undefined);
	return [description, argChoices && `(${argChoices.join(', ')})`, usual !== undefined && `[${usual}]`]
		.filter(Boolean)
		.join(' ');
};

const optionsOf = (command: Command): string =>
	command
		.createHelp()
		.visibleOptions(command)
		.filter(({long}) => long !== '--help')
		.map(option => entry(option.flags, optionText(option)))
		.join('');

const pathOf = (command: Command): string =>
	command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

const examples = (command: Command): string =>
	examplesOf(command)
		.map(([line, what]) => `.PP\n${roff(what)}:\n.PP\n.nf\n.RS 4\n${roff(line)}\n.RE\n.fi\n`)
		.join('');

const ownExitCodes = (command: Command): string => {
	const codes = exitCodesOf(command);
	return codes.length === 0
		? ''
		: `.PP\nExit status:\n${codes.map(([code, meaning]) => entry(code, meaning)).join('')}`;
};

const below = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command);

const section = (command: Command): string => {
	const usage = command.registeredArguments
		.filter(argument => argument.name() !== 'command')
		.map(
			argument =>
				(argument.required ? argument.name() : `[${argument.name()}]`) + (argument.variadic ? '...' : ''),
		);
	const own = [
		`.SS ${bold([pathOf(command).replace(/^jobtop /, ''), ...usage].join(' '))}\n`,
		`${roff(command.description())}.\n`,
		optionsOf(command),
		ownExitCodes(command),
		examples(command),
	].join('');
	// What the demo has below it is what stands above already.
	return command.name() === 'demo' ? own : own + below(command).map(section).join('');
};

const environment: readonly (readonly [string, string])[] = [
	['JOBTOP_CONFIG', 'the configuration file'],
	['JOBTOP_PROFILE', 'only these profiles, with commas or spaces between them'],
	['JOBTOP_COMPLETION_TIMEOUT', 'how long Tab waits for job systems, such as 2s; 900ms if not set'],
	['JOBTOP_READ_ONLY', '1: change nothing anywhere; 0: what the file says at its head does not count'],
	['JOBTOP_STATE_DIR', 'where the journals are'],
	['XDG_CONFIG_HOME, XDG_STATE_HOME', 'where configuration and journals are if nobody says otherwise'],
	['XDG_CONFIG_DIRS', 'where the site keeps its configuration beside /etc/jobtop; /etc/xdg if not said'],
	['TZ', 'the zone of times'],
	['NO_COLOR, FORCE_COLOR, TERM', 'colours'],
	['COLUMNS, LINES', 'the size of the terminal'],
	['PAGER', 'what p opens a log in'],
	[
		'HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY',
		'how servers are reached; proxy of a profile overrides them',
	],
	[
		'NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR',
		'authorities to trust as well; ca_file of a profile overrides them',
	],
];

export const manualPage = (): string => {
	const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
	const program = createProgram(
		() => Promise.resolve(0),
		() => undefined,
	);
	return [
		`.\\" Made by npm run docs.\n.TH JOBTOP 1 "" "jobtop ${roff(version)}" "User Commands"\n`,
		'.SH NAME\njobtop \\- watch jobs on several job systems, and cancel them\n',
		'.SH SYNOPSIS\n.B jobtop\n[\\fIoptions\\fR] [\\fIcommand\\fR]\n',
		`.SH DESCRIPTION\n${roff(program.description())}\n.PP\nWithout a command it opens the screen, or prints the list where there is no terminal. An option beats the environment, and that beats the configuration file. What a site puts into [limits] of its own file beats all of them.\n`,
		`.SH OPTIONS\n${optionsOf(program)}`,
		`.SH COMMANDS\n${below(program).map(section).join('')}`,
		`.SH QUERIES\nWords joined by spaces all must hold. A bare word or "quoted words" is a part of ref, name, owner or status.\n${[
			entry('field:value', 'is the value; with commas, any of them'),
			entry('field~text', 'has the text in it'),
			entry('field>value, field<value', 'is more or less; ages are 90s, 15m, 2h, 3d, 1w'),
			entry('-word', 'does not hold'),
		].join('')}.PP\nFields: ${roff(queryFields.join(', '))}.\n`,
		`.SH EXIT STATUS\n${exitCodes.map(([code, meaning]) => entry(code, meaning)).join('')}.PP\nWhere several apply it is the first of 1, 130, 143, 129, 4, 5, 8, 7, 6, 0.\n`,
		`.SH ENVIRONMENT\n${environment.map(([name, what]) => entry(name, what)).join('')}`,
		`.SH FILES\n${entry('~/.config/jobtop/config.toml', 'the configuration')}${entry('/etc/jobtop/config.toml, /etc/xdg/jobtop/config.toml', 'the configuration of the site; its [limits] hold')}${entry('~/.local/state/jobtop', 'journals of cancellations, and the audit file')}`,
		`.SH EXAMPLES\n${examples(program)}`,
	].join('');
};
