/*
Writes the address of each file that a program loads to the file that LOADED_FILES names, a line each.
*/
import {appendFileSync} from 'node:fs';
import {registerHooks} from 'node:module';

registerHooks({
	load(url, context, next) {
		if (url.startsWith('file:')) appendFileSync(process.env.LOADED_FILES, `${url}\n`);
		return next(url, context);
	},
});
