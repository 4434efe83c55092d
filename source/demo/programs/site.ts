/*
An embedded system that is programs: its jobs under numbers, some of them tasks of one array, and the users they belong to.
*/
import type {Clock} from '../../process/clock.ts';
import type {ProgramSystem} from '../imposed-faults.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from '../named-jobs.ts';
import type {World} from '../world.ts';
import type {ProgramAnswer, ProgramCall} from './exchange.ts';
import {type ProgramServer, servePrograms} from './server.ts';
import {currentUser, type ProgramUser} from './users.ts';

export type ProgramPlace = {
	readonly world: World;
	readonly clock: Clock;
	/** The speed-up factor of the jobs. */
	readonly speed: number;
	readonly port?: number;
	/** The words that start jobtop. */
	readonly jobtop?: readonly string[];
};

/** The number of a job, and the task that it is of the array of this number. */
type JobNumber = {readonly base: number; readonly task?: number};

/** What the programs print from. */
export type Site = Pick<ProgramPlace, 'world' | 'clock' | 'speed'> & {
	readonly me: ProgramUser;
	readonly jobs: NamedJobs;
	/** The number of a job, by its index in the world. */
	readonly numberOf: (index: number) => JobNumber;
	/** The jobs of a number, by their indexes in the world: one, or the tasks of an array. */
	readonly membersOf: (base: number) => readonly number[];
	/** The folder of the files that jobs write to. */
	readonly folder: string;
};

export type Program = (site: Site, call: ProgramCall) => ProgramAnswer | Promise<ProgramAnswer>;

export type Programs = Readonly<Record<string, Program>>;

export type ProgramSite = ProgramServer & JobControls;

type SystemPrograms = {
	readonly system: ProgramSystem;
	readonly programs: Programs;
	/** The number of the first job. */
	readonly firstNumber: number;
	/** The first task of an array. */
	readonly firstTask: number;
	readonly idOf: (number: JobNumber) => string;
};

/** The process of a job that is a task of an array: its name is the array's. */
export const arrayProcess = 'parameter-sweep';

/** Gives the jobs their numbers, in the order in which they are first asked for. The tasks of the array share one. */
const createNumbers = (world: World, {firstNumber, firstTask}: SystemPrograms) => {
	const numbers: JobNumber[] = [];
	const members = new Map<number, number[]>();
	let array: number | undefined;
	const membersOf = (base: number): readonly number[] => members.get(base) ?? [];
	const next = (index: number): JobNumber => {
		const base = firstNumber + index;
		if (world.job(index)?.plan.process !== arrayProcess) return {base};
		array ??= base;
		return {base: array, task: firstTask + membersOf(array).length};
	};
	return {
		membersOf,
		numberOf(index: number): JobNumber {
			const known = numbers[index];
			if (known !== undefined) return known;
			const number = next(index);
			numbers[index] = number;
			members.set(number.base, [...membersOf(number.base), index]);
			return number;
		},
	};
};

export const startPrograms = async (
	definition: SystemPrograms,
	{world, clock, speed, port, jobtop}: ProgramPlace,
): Promise<ProgramSite> => {
	const {system, programs, idOf} = definition;
	const {numberOf, membersOf} = createNumbers(world, definition);
	const jobs = createNamedJobs(world, index => idOf(numberOf(index)));
	const me = currentUser();
	const server = await servePrograms({
		system,
		programs: Object.keys(programs),
		answer(call, folder) {
			const program = programs[call.program];
			if (program === undefined) return {stderr: `${call.program}: no such program\n`, code: 127};
			// Each job has its number before anybody asks for one.
			jobs.controls.ids();
			return program({world, clock, speed, me, jobs, numberOf, membersOf, folder}, call);
		},
		clock,
		...(port !== undefined && {port}),
		...(jobtop && {jobtop}),
	});
	return {...server, ...jobs.controls};
};
