import type {LogNews} from '../engine/protocol.ts';
import type {Ref} from '../job/ref.ts';
import type {LogLine, LogText} from '../state/known.ts';

/** The maximum number of kept lines and characters. */
const maxLines = 5000;
const maxCharacters = 2_000_000;
/** The maximum length of a line; a longer one is split. */
const maxLineLength = 4000;

/** The log of this job with the news appended. */
export const appendLog = (before: LogText | undefined, ref: Ref, at: number, news: LogNews): LogText => {
	const known = before?.ref === ref ? before : undefined;
	const {text, failure, parked, cut = false, ended = false} = news;
	const base = known && !news.anew ? known : nothing;
	// Show a gap in the middle of the text at its place.
	const gap = cut && base.size > 0;
	const added = gap ? `\n[text was left out here]\n${text}` : text;
	return {
		ref,
		at,
		...(added === '' ? base : withText(base, added)),
		cut: base.cut || (cut && !gap),
		ended: ended || (base.ended && text === ''),
		...(failure && {failure}),
		...(parked && {parked}),
	};
};

type Kept = Pick<LogText, 'lines' | 'dropped' | 'size' | 'cut' | 'ended'>;

const nothing: Kept = {lines: [], dropped: 0, size: 0, cut: false, ended: false};

const withText = ({lines, dropped, size}: Kept, text: string): Pick<Kept, 'lines' | 'dropped' | 'size'> => {
	// The last line may have been incomplete.
	const open = lines.at(-1)?.text ?? '';
	const newLines = `${open}${text}`.split('\n').flatMap(pieces);
	const all = [...lines.slice(0, -1), ...newLines];
	let left = size - open.length + newLines.reduce((sum, line) => sum + line.text.length, 0);
	let from = Math.max(0, all.length - maxLines);
	for (let index = 0; index < from; index++) left -= all[index]?.text.length ?? 0;
	while (left > maxCharacters && from < all.length - 1) left -= all[from++]?.text.length ?? 0;
	return {lines: from > 0 ? all.slice(from) : all, dropped: dropped + from, size: left};
};

const pieces = (text: string): readonly LogLine[] => {
	if (text.length <= maxLineLength) return [{text}];
	const lines: LogLine[] = [];
	for (let from = 0; from < text.length; ) {
		const half = /[\ud800-\udbff]/.test(text[from + maxLineLength - 1] ?? '') ? 1 : 0;
		lines.push({text: text.slice(from, from + maxLineLength - half)});
		from += maxLineLength - half;
	}
	return lines;
};
