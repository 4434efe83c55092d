/**
The facts that identify a job system, whatever the profile's name: `kind`, `cluster`, `host`, `address`, `account`, the most important first. They contain no secrets. Unknown facts are left out.
*/
export type System = Readonly<Record<string, string>>;

/**
Whether two descriptions are of the same system.

- `same`: both know the same facts, at least one beside `kind`, and they agree.
- `other`: they disagree about a fact.
- `unproven`: they do not disagree, but one knows less than the other.
*/
export type SystemMatch = 'same' | 'other' | 'unproven';

export const compareSystems = (before: System, now: System): SystemMatch => {
	const names = new Set([...Object.keys(before), ...Object.keys(now)]);
	const known = [...names].filter(name => Object.hasOwn(before, name) && Object.hasOwn(now, name));
	if (known.some(name => before[name] !== now[name])) return 'other';
	return known.length === names.size && known.some(name => name !== 'kind') ? 'same' : 'unproven';
};

/** A system as text: `slurm, cluster east, host login1`. */
export const systemWords = (system: System): string => {
	const {kind = 'unknown system', ...facts} = system;
	return [kind, ...Object.entries(facts).map(([name, value]) => `${name} ${value}`)].join(', ');
};
