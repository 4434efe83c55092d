import {Box, Text} from 'ink';
import {memo} from 'react';
import {ownCopy} from '../text/own-copy.ts';

/** One composed line of the screen, as wide as its place. */
const Row = memo(({text}: {readonly text: string}) => <Text wrap="truncate">{text}</Text>);

/** Lines below each other. They never shrink, so that a frame keeps its planned height. */
export const Lines = ({lines}: {readonly lines: readonly string[]}) => (
	<Box flexDirection="column" flexShrink={0}>
		{lines.map((text, index) => (
			// The index identifies a line of the screen: rows are redrawn in place, not moved.
			// Ink and jobtop remember thousands of lines: a part of the text of a pane would keep the whole pane.
			// biome-ignore lint/suspicious/noArrayIndexKey: see above
			<Row key={index} text={ownCopy(text)} />
		))}
	</Box>
);
