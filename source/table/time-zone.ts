import type {State} from '../state/state.ts';
import {type TimeZone, timeZones} from '../text/times.ts';

const isTimeZone = (name: string | undefined): name is TimeZone => timeZones.some(zone => zone === name);

/** The zone of all moments of the screen: that of `:time-zone`, else that of the configuration. */
export const zoneOf = ({screen, known}: Pick<State, 'screen' | 'known'>): TimeZone =>
	isTimeZone(screen.timeZone) ? screen.timeZone : (known.settings.timeZone ?? 'local');
