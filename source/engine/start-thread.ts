/*
Starts the engine thread with the compile cache. Each thread must enable it itself, before it loads large modules.
*/
import {enableCompileCache, flushCompileCache} from 'node:module';

enableCompileCache();
await import('./thread.ts');
flushCompileCache();
