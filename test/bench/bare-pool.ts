/*
The HTTP client alone, in a file that can be loaded later.
*/
import {Pool} from 'undici';

export {Pool};
