import type {ProfileHealth} from '../../engine/protocol.ts';
import {profileState} from '../../table/health.ts';
import type {Canvas} from '../../text/canvas.ts';
import {duration} from '../../text/format.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line, Span, Tone} from '../../text/theme.ts';
import {cutEnd, safeText, widthOf} from '../../text/width.ts';

const ageOf = (health: ProfileHealth | undefined, now: number): string =>
	health?.lastGoodAt === undefined ? '' : ` ${duration(now - health.lastGoodAt)}`;

type Chip = {readonly text: string; readonly tone: Tone; readonly name: string; readonly well: boolean};

/** How the chips get shorter, step by step, until they fit: first without ages of healthy profiles, then with shorter names. */
const shortenings: readonly {readonly name: number; readonly ages: boolean; readonly ok: boolean}[] = [
	{name: 24, ages: true, ok: true},
	{name: 12, ages: true, ok: true},
	{name: 12, ages: false, ok: true},
	{name: 8, ages: false, ok: true},
	{name: 8, ages: false, ok: false},
	{name: 4, ages: false, ok: false},
];

/** The profiles in order, and the only one whose jobs are shown, if any. */
type ChipFacts = {
	readonly names: readonly string[];
	readonly health: ReadonlyMap<string, ProfileHealth>;
	readonly only?: string | undefined;
};

/** The second line: a chip for each profile, with the digit that shows only its jobs. */
export const chipsLine = ({names, health, only}: ChipFacts, {width, glyphs, now}: Canvas): Line => {
	const chipsAt = ({name: longest, ages, ok}: (typeof shortenings)[number]): readonly Chip[] =>
		names.map((name, index) => {
			const own = health.get(name);
			const {word, tone, well} = profileState(own, now);
			const digit = index < 9 ? `${index + 1} ` : '';
			const shown = cutEnd(safeText(name, glyphs.ascii), longest, glyphs.ellipsis);
			const state = well && !ok && word === 'ok' ? '' : ` ${word}`;
			const age = word !== 'loading' && word !== 'off' && (!well || ages) ? ageOf(own, now) : '';
			const unreadable = own && own.unreadable > 0 ? ` ${own.unreadable} unreadable` : '';
			const cut = own?.endless ? ' list cut' : '';
			return {
				text: `${digit}${shown}${state}${age}${unreadable}${cut}`,
				tone: (unreadable || cut) && well ? 'failed' : only === name ? 'strong' : tone,
				name,
				well,
			};
		});
	const fits = (chips: readonly Chip[]) => chips.reduce((sum, {text}) => sum + widthOf(text) + 3, 0) <= width;
	let chips: readonly Chip[] = [];
	for (const shortening of shortenings) {
		chips = chipsAt(shortening);
		if (fits(chips)) break;
	}
	// Failing profiles must not be cut off at the end.
	if (!fits(chips)) chips = [...chips.filter(({well}) => !well), ...chips.filter(({well}) => well)];
	// A mark shows the only profile in view, because no state is shown by a tone alone.
	const spans = chips.flatMap(({text, tone, name}): readonly Span[] => [
		span(name === only ? '  >' : '   '),
		span(text, tone),
	]);
	return fitLine(
		spans.length > 0 ? [span(spans[0]?.text.slice(2) ?? ''), ...spans.slice(1)] : [],
		width,
		glyphs,
	);
};
