import {Box, Text} from 'ink';
import {memo} from 'react';

/** One line of the screen, composed and as wide as its place. */
const Row = memo(({text}: {readonly text: string}) => <Text wrap="truncate">{text}</Text>);

/** Lines below each other. They never shrink: that is what keeps a frame as tall as it was planned. */
export const Lines = ({lines}: {readonly lines: readonly string[]}) => (
	<Box flexDirection="column" flexShrink={0}>
		{lines.map((text, index) => (
			// A line of the screen is its place: rows are redrawn in place, not moved.
			// biome-ignore lint/suspicious/noArrayIndexKey: see above
			<Row key={index} text={text} />
		))}
	</Box>
);
