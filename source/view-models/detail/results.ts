import type {ProfileInfo} from '../../engine/protocol.ts';
import type {Job, JobResult} from '../../job/job.ts';
import type {State} from '../../state/state.ts';
import {failureTone, failureWords} from '../../table/failure-words.ts';
import {profileOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {bytes} from '../../text/format.ts';
import {span} from '../../text/line.ts';
import type {Glyphs, Line, Tone} from '../../text/theme.ts';
import {hardWrap, safeText, wrap} from '../../text/width.ts';

/** Lines of one value; read longer ones with a pager or another program. */
const maxValueLines = 200;

/** Facts about a result beside its name: `image/tiff, 4.2 MB`. */
export const resultFacts = ({kind, size}: JobResult): string =>
	[kind, size === undefined ? undefined : bytes(size)].filter(Boolean).join(', ');

const resultLines = (result: JobResult, width: number, glyphs: Glyphs): readonly Line[] => {
	const facts = resultFacts(result);
	const lines: Line[] = wrap(safeText(result.name, glyphs.ascii), width - 2).map(
		(text): Line => [span(` ${text}`, 'strong')],
	);
	const last = lines.at(-1);
	if (facts && last) lines[lines.length - 1] = [...last, span(`  ${facts}`, 'dim')];
	const below = (text: string) =>
		hardWrap(safeText(text, glyphs.ascii), width - 4).map((part): Line => [span(`   ${part}`)]);
	if (result.url !== undefined) lines.push(...below(result.url));
	const values = result.value?.replace(/\n$/, '').split('\n') ?? [];
	lines.push(...values.slice(0, maxValueLines).flatMap(below));
	if (values.length > maxValueLines) {
		lines.push([span(`   and ${values.length - maxValueLines} lines more`, 'dim')]);
	}
	return lines;
};

/** Why a job has no results to request; undefined if it may have some. */
export const whyNoResults = (
	profile: ProfileInfo | undefined,
	job: Pick<Job, 'terminal' | 'phase'> | undefined,
): string | undefined => {
	if (profile?.can.results === false) return `${profile.title} has no results`;
	if (!profile?.resultsOnSuccess || !job?.terminal || job.phase === 'succeeded') return undefined;
	return `${profile.title} keeps the results of jobs that succeeded only`;
};

/** The results of the job. */
export const resultsLines = (state: State, {width, glyphs}: Canvas): readonly Line[] => {
	const {detail} = state.screen;
	if (!detail) return [];
	const profile = profileOf(state, detail.ref);
	const alone = (text: string, tone: Tone = 'dim') =>
		wrap(text, Math.max(8, width - 2)).map((line): Line => [span(` ${line}`, tone)]);
	if (profile?.can.results === false) {
		return alone(`no results: ${profile.title} does not provide them`);
	}
	const job = state.known.jobs.byRef.get(detail.ref);
	const why = whyNoResults(profile, job);
	if (why !== undefined) return alone(`no results: ${why}`);
	const loaded = state.known.results?.ref === detail.ref ? state.known.results : undefined;
	if (!loaded) return alone('loading the results');
	const {results = [], failure} = loaded;
	const ended = job?.terminal ?? true;
	return [
		...(loaded.results?.length === 0 ? alone(ended ? 'no results' : 'no results yet') : []),
		...results.flatMap(result => resultLines(result, width, glyphs)),
		...(failure ? alone(failureWords(state, failure), failureTone(failure)) : []),
	];
};
