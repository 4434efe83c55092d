import {Box, Text} from 'ink';
import {useEffect, useMemo} from 'react';
import {useStore} from 'zustand';
import type {QuitHow} from '../commands/command.ts';
import type {Clock} from '../process/clock.ts';
import type {JobStore} from '../store/store.ts';
import {layoutOf, least} from '../table/layout.ts';
import type {Theme} from '../text/theme.ts';
import {ageStep} from '../view-models/frame/age-step.ts';
import {isThemeName} from '../view-models/frame/theme-names.ts';
import {CancellationsPane} from './cancellations-pane.tsx';
import {Context} from './context.ts';
import {DetailPane} from './detail-pane.tsx';
import {Foot} from './foot.tsx';
import {Head} from './head.tsx';
import {JobTable} from './job-table.tsx';
import {Overlays} from './overlays.tsx';
import {createTicker} from './ticker.ts';
import {useAppState} from './use-app-state.ts';
import {useKeyboard, type Watching} from './use-keyboard.ts';

export type AppProps = {
	readonly store: JobStore;
	readonly clock: Clock;
	readonly theme: Theme;
	readonly quit: (how: QuitHow) => void;
	readonly watching: Watching;
};

/** The whole screen. It owns no state: the store has all of it. */
export const App = ({store, clock, theme, quit, watching}: AppProps) => {
	// Until the theme is known, nothing is dim and nothing coloured: every reader can read that.
	const name = useStore(store, ({screen, known}) =>
		known.connecting ? 'high-contrast' : (screen.theme ?? known.settings.theme),
	);
	const ticker = useMemo(
		() =>
			createTicker(clock, {step: () => ageStep(store.getState(), clock.now()), subscribe: store.subscribe}),
		[clock, store],
	);
	useEffect(() => ticker.subscribe(store.elapse), [ticker, store]);
	const context = useMemo(
		() => ({store, clock, theme: isThemeName(name) ? theme.named(name) : theme, ticker}),
		[store, clock, theme, name, ticker],
	);
	return (
		<Context value={context}>
			<Screen quit={quit} watching={watching} />
		</Context>
	);
};

const panes = {table: JobTable, cancellations: CancellationsPane} as const;

const Screen = ({quit, watching}: Pick<AppProps, 'quit' | 'watching'>) => {
	useKeyboard(quit, watching);
	const {columns, rows} = useAppState(({screen}) => screen.size);
	const roomy = useAppState(({screen}) => layoutOf(screen, false).roomy);
	if (!roomy) return <Text wrap="truncate">{`jobtop needs ${least.columns}x${least.rows}`}</Text>;
	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			<Head />
			<Body />
			<Foot />
			<Overlays />
		</Box>
	);
};

const Body = () => {
	const pane = useAppState(({screen}) => screen.pane);
	const detail = useAppState(({screen}) => screen.detail !== undefined);
	const beside = useAppState(({screen}) => layoutOf(screen, false).beside);
	const width = useAppState(({screen}) => layoutOf(screen, false).listColumns);
	const Pane = panes[pane];
	return (
		<Box flexShrink={0}>
			{(!detail || beside) && (
				<Box flexDirection="column" flexShrink={0} width={width}>
					<Pane />
				</Box>
			)}
			{detail && <DetailPane />}
		</Box>
	);
};
