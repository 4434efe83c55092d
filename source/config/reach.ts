/*
How a profile is reached, for people: nothing of it is a secret.
*/
import type {Reach} from '../backends/backend.ts';
import {sourceWords} from '../backends/profiles/credential.ts';
import {shellWord} from '../shell-word.ts';
import {addressOf} from './addresses.ts';
import {type ProfileEntry, type Surroundings, tokenSource} from './profile-kinds.ts';

const header = (name: string, value: string): readonly string[] => ['-H', `"${name}: ${value}"`];

/** The headers that carry `$TOKEN`, and what else tells who asks. The values of other headers may be secrets. */
const curlOptions = (entry: ProfileEntry, hasToken: boolean): readonly string[] => {
	const own =
		'headers' in entry ? Object.keys(entry.headers ?? {}).flatMap(name => header(name, '$VALUE')) : [];
	if (!hasToken) return own;
	switch (entry.backend) {
		case 'weaver':
		case 'ogc':
			if (entry.auth === 'basic') return [...own, '-u', `${shellWord(`${entry.username}:`)}"$TOKEN"`];
			if (entry.auth === 'header') return [...own, ...header(entry.header ?? '', '$TOKEN')];
			if (entry.auth === 'cookie') return [...own, ...header('Cookie', '$TOKEN')];
			break;
		case 'ionworks':
			return [
				...own,
				...(entry.auth === 'bearer'
					? header('Authorization', 'Bearer $TOKEN')
					: header('X-API-Key', '$TOKEN')),
				...(entry.organization === undefined
					? []
					: ['-H', shellWord(`X-Organization-Id: ${entry.organization}`)]),
			];
		case 'tapis':
			return [...own, ...header('X-Tapis-Token', '$TOKEN')];
		case 'dex':
			return [
				...own,
				...header('X-Api-Key', '$TOKEN'),
				'-H',
				shellWord(`X-Selected-Account-Id: ${entry.account}`),
			];
		case 'slurmrestd':
			if (entry.auth !== 'bearer') return [...own, ...header('X-SLURM-USER-TOKEN', '$TOKEN')];
	}
	return [...own, ...header('Authorization', 'Bearer $TOKEN')];
};

const placeOf = (entry: ProfileEntry): string => {
	if (entry.backend === 'slurm') {
		const programs = entry.bin === undefined ? 'the programs on PATH' : `the programs in ${entry.bin}`;
		return entry.ssh === undefined ? programs : `${programs} of ${entry.ssh}`;
	}
	const url = addressOf(entry) ?? '';
	return URL.canParse(url) && !url.startsWith('unix:')
		? new URL(url).origin + new URL(url).pathname.replace(/\/$/, '')
		: url;
};

export const reachOf = (entry: ProfileEntry, surroundings: Surroundings): Reach => {
	const source = entry.backend === 'slurm' ? undefined : tokenSource(entry, surroundings);
	return {
		address: placeOf(entry),
		...(source && {credential: sourceWords(source)}),
		...(source?.from === 'environment' && {variable: source.variable}),
		curl: curlOptions(entry, source !== undefined),
	};
};
