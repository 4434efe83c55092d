/*
The syntax of a fault of the demo: `weaver=broken:0.3@10s`.
*/
import {parseDuration} from '../config/duration.ts';
import {
	fitsSystem,
	type ImposableFault,
	type ImposedFault,
	imposableFaults,
	isHttpFault,
	type SystemName,
	systemNames,
	usualSystems,
} from '../demo/imposed-faults.ts';
import {didYouMean, nearest} from '../text/nearest.ts';

const faultNames = Object.keys(imposableFaults) as ImposableFault[];
const quoted = (text: string) => JSON.stringify(text.slice(0, 60));

/** Parses a fault, or returns what is wrong with it. */
export const readFault = (text: string): ImposedFault | string => {
	const {
		system,
		name = '',
		share,
		time,
	} = /^(?:(?<system>[^=]*)=)?(?<name>[^=:@]*)(?::(?<share>[^@]*))?(?:@(?<time>.*))?$/.exec(text.trim())
		?.groups ?? {};
	if (system !== undefined && !isOneOf(systemNames, system)) {
		return `There is no built-in system ${quoted(system)}; ${didYouMean(system, systemNames)}`;
	}
	if (!isOneOf(faultNames, name)) {
		return `There is no fault ${quoted(name || text)}; ${didYouMean(name || text, faultNames)}`;
	}
	const part = share === undefined ? 1 : Number(share);
	if (share?.trim() === '' || !(part > 0 && part <= 1)) {
		return `The share ${quoted(share ?? '')} must be above 0 and at most 1, such as ${name}:0.3`;
	}
	if (part < 1 && imposableFaults[name].hits === 'server') return `${name} has no share: it is on or off`;
	const afterMs = time === undefined ? 0 : parseDuration(time);
	if (afterMs === undefined) return `The start ${quoted(time ?? '')} must be a time, such as ${name}@10s`;
	return {name, share: part, afterMs, ...(system !== undefined && {system: system as SystemName})};
};

const isOneOf = <Name extends string>(names: readonly Name[], word: string): word is Name =>
	(names as readonly string[]).includes(word);

/** Why a fault cannot be imitated with these systems; undefined if it can. */
export const faultMisfit = (
	fault: ImposedFault,
	served: readonly SystemName[] = usualSystems,
): string | undefined => {
	const {system, name} = fault;
	if (system !== undefined && !served.includes(system)) {
		return `${writeFault(fault)}: the demo does not have ${system}; add it to --systems`;
	}
	if (served.some(one => (system ?? one) === one && fitsSystem(name, one))) return undefined;
	return `${writeFault(fault)}: ${name} is an answer of HTTP, and not of programs (${system ?? served.join(', ')}); choose slow, silent, cut-off, down or a fault of jobs`;
};

/** Parses the systems of a demo, or returns what is wrong with them. */
export const readSystems = (text: string): readonly SystemName[] | string => {
	const names = text.split(',').map(name => name.trim());
	const unknown = names.find(name => !isOneOf(systemNames, name));
	if (unknown === undefined) return [...new Set(names as SystemName[])];
	const slip = nearest(unknown, systemNames);
	const hint = slip === undefined ? '' : `did you mean ${JSON.stringify(slip)}? `;
	return `There is no built-in system ${quoted(unknown)}; ${hint === '' ? 'there' : `${hint}There`} are ${systemNames.join(', ')}.`;
};

/** A fault in its syntax. */
export const writeFault = ({system, name, share, afterMs}: ImposedFault): string =>
	[
		system === undefined ? '' : `${system}=`,
		name,
		share < 1 ? `:${share}` : '',
		afterMs > 0 ? `@${afterMs / 1000}s` : '',
	].join('');

/** All faults, a line each. */
export const faultHelp = (): string => {
	const width = Math.max(...faultNames.map(name => name.length)) + 2;
	const section = (heading: string, belongs: (name: ImposableFault) => boolean) => [
		heading,
		...faultNames.filter(belongs).map(name => `  ${name.padEnd(width)}${imposableFaults[name].about}`),
		'',
	];
	const isOfJobs = (name: ImposableFault) => imposableFaults[name].hits === 'jobs';
	return [
		'',
		'A fault such as --fault tapis=broken:0.3@10s hits three of ten requests, from ten seconds on.',
		'',
		...section('Faults of requests:', name => !isOfJobs(name) && !isHttpFault(name)),
		...section('Faults of requests that only HTTP has, and no program:', isHttpFault),
		...section('Faults of jobs:', isOfJobs),
		'With --serve, a PUT of {"faults": ["tapis=broken"]} to the control address that is printed replaces the faults.',
	].join('\n');
};
