import type {Known} from '../state/known.ts';
import type {Overlay, Screen} from '../state/screen.ts';

/** Whether the user wants the mouse: as chosen in this session, else as configured. */
export const wantsMouse = ({
	screen,
	known,
}: {
	readonly screen: Pick<Screen, 'mouse'>;
	readonly known: Pick<Known, 'settings'>;
}): boolean => screen.mouse ?? known.settings.mouse ?? false;

/** What the mouse may point into. A click answers no question, and moves nothing while text is typed. */
const pointable: ReadonlySet<Overlay['kind'] | undefined> = new Set([
	undefined,
	'menu',
	'actions',
	'copies',
	'profiles',
	'help',
] as const);

/** Whether clicks and the wheel mean something now. */
export const usesMouse = (state: Parameters<typeof wantsMouse>[0] & {readonly screen: Screen}): boolean => {
	const {overlay} = state.screen;
	return (
		wantsMouse(state) &&
		pointable.has(overlay?.kind) &&
		!(overlay?.kind === 'help' && overlay.typing === true)
	);
};
