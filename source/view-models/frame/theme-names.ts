import {palettes, type ThemeName} from '../../text/theme.ts';

/** The names of all colours. */
export const themeNames = Object.keys(palettes) as readonly ThemeName[];

export const isThemeName = (name: string | undefined): name is ThemeName =>
	name !== undefined && Object.hasOwn(palettes, name);
