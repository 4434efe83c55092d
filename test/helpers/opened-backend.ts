import type {TestContext} from 'node:test';
import type {Backend, CancelAnswer} from '../../source/backends/backend.ts';

type Far = {readonly connection: {readonly backend: Backend}; readonly close: () => unknown};

/** A far side that is closed with the test, and its backend with the methods that its tests call. */
export const openedBackend = async <Opened extends Far>(
	context: TestContext,
	opening: Promise<Opened>,
): Promise<Opened & {readonly backend: Required<Backend>}> => {
	const far = await opening;
	context.after(() => far.close());
	return {...far, backend: far.connection.backend as Required<Backend>};
};

/** The kind of the answer for each id. */
export const kindsOf = (answers: ReadonlyMap<string, CancelAnswer>) =>
	Object.fromEntries([...answers].map(([id, {kind}]) => [id, kind]));
