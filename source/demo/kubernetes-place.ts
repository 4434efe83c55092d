/*
Whose a record of the embedded Kubernetes is, and how it writes times.
*/
import {createRandom, createUuid, seedOf} from './random.ts';

/** Whose record it is, as far as the job itself does not say. */
export type KubernetesPlace = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** When this record was made. */
	readonly createdAt: number;
	/** When its deletion was requested. */
	readonly deletedAt?: number;
	readonly annotations?: Readonly<Record<string, string>>;
};

/** The uid of a record: a job that is made again has another one. */
export const uidOf = (seed: string, index: number, generation: number): string =>
	createUuid(createRandom(seedOf(seed, 'uid', index, generation)));

const second = 1000;

/** Times of Kubernetes have no fractions. */
export const time = (at: number): string =>
	new Date(Math.floor(at / second) * second).toISOString().replace('.000Z', 'Z');
