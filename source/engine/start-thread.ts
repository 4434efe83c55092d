/*
What the engine thread begins with: what was compiled for it is kept between starts, as for the first thread. Each thread has to ask for that by itself, before it loads what is large.
*/
import {enableCompileCache, flushCompileCache} from 'node:module';

enableCompileCache();
await import('./thread.ts');
flushCompileCache();
