import type {LogNews} from '../engine/protocol.ts';
import type {Ref} from '../job/ref.ts';
import type {LogLine, LogText} from '../state/known.ts';

/** What is kept of a log: its last lines, and characters. */
const mostLines = 5000;
const mostCharacters = 2_000_000;
/** A longer line goes on in the next. */
const longestLine = 4000;

/** The log of this job with what came of it. */
export const appendLog = (before: LogText | undefined, ref: Ref, at: number, news: LogNews): LogText => {
	const known = before?.ref === ref ? before : undefined;
	const {text, failure, parked, cut = false, ended = false} = news;
	const base = known && !news.anew ? known : nothing;
	// What is missing in the middle is said in the middle.
	const gap = cut && base.size > 0;
	const told = gap ? `\n[text was left out here]\n${text}` : text;
	return {
		ref,
		at,
		...(told === '' ? base : withText(base, told)),
		cut: base.cut || (cut && !gap),
		ended: ended || (base.ended && text === ''),
		...(failure && {failure}),
		...(parked && {parked}),
	};
};

type Kept = Pick<LogText, 'lines' | 'dropped' | 'size' | 'cut' | 'ended'>;

const nothing: Kept = {lines: [], dropped: 0, size: 0, cut: false, ended: false};

const withText = ({lines, dropped, size}: Kept, text: string): Pick<Kept, 'lines' | 'dropped' | 'size'> => {
	// The last line may have been half of one.
	const open = lines.at(-1)?.text ?? '';
	const added = `${open}${text}`.split('\n').flatMap(pieces);
	const all = [...lines.slice(0, -1), ...added];
	let left = size - open.length + added.reduce((sum, line) => sum + line.text.length, 0);
	let from = Math.max(0, all.length - mostLines);
	for (let index = 0; index < from; index++) left -= all[index]?.text.length ?? 0;
	while (left > mostCharacters && from < all.length - 1) left -= all[from++]?.text.length ?? 0;
	return {lines: from > 0 ? all.slice(from) : all, dropped: dropped + from, size: left};
};

const pieces = (text: string): readonly LogLine[] => {
	if (text.length <= longestLine) return [{text}];
	const lines: LogLine[] = [];
	for (let from = 0; from < text.length; ) {
		const half = /[\ud800-\udbff]/.test(text[from + longestLine - 1] ?? '') ? 1 : 0;
		lines.push({text: text.slice(from, from + longestLine - half)});
		from += longestLine - half;
	}
	return lines;
};
