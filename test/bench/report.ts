/*
What was measured, as a table of Markdown and as a picture of how it grows with the number of jobs.
*/
import type {Result} from './measure.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

export const tableOf = (results: readonly Result[], machine: string): string => {
	const lines = ['| what | measured | beside | ratio | budget |', '| --- | --- | --- | --: | --- |'];
	for (const {what, value, yardstick = '', ratio, budget, kept} of results) {
		const verdict = budget === undefined ? '' : `${budget}${kept ? '' : ' (**not met in this run**)'}`;
		lines.push(`| ${[what, value, yardstick, ratio?.toFixed(2) ?? '', verdict].map(cell).join(' | ')} |`);
	}
	return `${machine}\n\n${lines.join('\n')}`;
};

const peerColumns = [
	'jobs',
	'program',
	'first frame with jobs, ms',
	'CPU of a quiet minute, ms',
	'bytes of a quiet minute',
	'key p50 / p95, ms',
	'bytes a key',
	'RSS / PSS, MB',
];

/** The table of peers, with its sentences below it. */
export const peersTableOf = (results: readonly Result[], machine: string): string => {
	const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
	const rows = results.flatMap(({peers}) => (typeof peers === 'object' ? [line(peers)] : []));
	const notes = results.flatMap(({peers}) => (typeof peers === 'string' ? [peers] : []));
	const table = [
		line(peerColumns),
		line(peerColumns.map((_, index) => (index < 2 ? '---' : '--:'))),
		...rows,
	];
	return [machine, table.join('\n'), ...notes].join('\n\n');
};

const width = 640;
const height = 300;
const margin = {left: 60, right: 130, top: 20, bottom: 40};

/** Key latency and memory over the number of jobs, each as a multiple of its value with the fewest jobs; both axes logarithmic. */
export const curveOf = (results: readonly Result[]): string | undefined => {
	const points = results.flatMap(({curve}) => curve ?? []).sort((a, b) => a.jobs - b.jobs);
	const [first] = points;
	const last = points.at(-1);
	if (!first || !last || first === last) return undefined;
	const lines = [
		{name: 'key to screen, p95', colour: '#0969da', values: points.map(({p95}) => p95 / first.p95)},
		{name: 'memory', colour: '#bc4c00', values: points.map(({resident}) => resident / first.resident)},
	];
	const highest = Math.max(2, ...lines.flatMap(({values}) => values));
	const lowest = Math.min(0.5, ...lines.flatMap(({values}) => values));
	const x = (jobs: number) =>
		margin.left +
		(Math.log(jobs / first.jobs) / Math.log(last.jobs / first.jobs)) * (width - margin.left - margin.right);
	const y = (value: number) =>
		height -
		margin.bottom -
		(Math.log(value / lowest) / Math.log(highest / lowest)) * (height - margin.top - margin.bottom);
	const ticks = [0.5, 1, 2, 5, 10, 20, 50, 100].filter(value => value >= lowest && value <= highest);
	const right = width - margin.right;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...ticks.map(
			value =>
				`<path d="M${margin.left} ${y(value).toFixed(1)}H${right}" stroke="#d0d7de"/><text x="${margin.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value} x</text>`,
		),
		...points.map(
			({jobs}) =>
				`<text x="${x(jobs).toFixed(1)}" y="${height - margin.bottom + 20}" text-anchor="middle">${jobs.toLocaleString('en')}</text>`,
		),
		`<text x="${(margin.left + right) / 2}" y="${height - 4}" text-anchor="middle">jobs, all polled every second</text>`,
		...lines.map(({name, colour, values}) => {
			const path = values.map(
				(value, index) => `${x(points[index]?.jobs ?? 1).toFixed(1)} ${y(value).toFixed(1)}`,
			);
			return `<path d="M${path.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${right + 6}" y="${(y(values.at(-1) ?? 1) + 4).toFixed(1)}" fill="${colour}">${name}</text>`;
		}),
		'</svg>\n',
	].join('\n');
};
