import type {Backend} from './backend.ts';

/**
Every method of a backend by its name, undefined where it is absent. What wraps a backend lists them all: one that was added to `Backend` and is forgotten there does not compile.
*/
export type BackendMethods = {
	readonly [Method in keyof Required<Backend>]: Backend[Method] | undefined;
} & Pick<Backend, 'system' | 'listPage'>;

/** The backend with these methods. A capability is a method: an undefined method is left out, so that `in` and `Object.keys` are right. */
export const backendOf = (methods: BackendMethods): Backend =>
	Object.fromEntries(
		Object.entries(methods).filter(([, method]) => method !== undefined),
	) as unknown as Backend;
