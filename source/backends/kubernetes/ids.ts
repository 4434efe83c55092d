/*
The id of a job is its namespace and its name, `lab/train`, in the form that Kubernetes gives names. No other text becomes part of an address.
*/
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const name = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const idForm = new RegExp(`^(${name})/(${name})$`);

/** The namespace that stands for all of them. */
export const allNamespaces = '*';

export const namespaceForm = new RegExp(`^(?:${name}|\\*)$`);

export const idOf = (namespace: string, jobName: string): string => `${namespace}/${jobName}`;

/** Whether the id names a job and nothing else. */
export const isId = (id: string): boolean => idForm.test(id) && !id.includes('..');

/** The path of a job. Throws `rejected` for an id that names none. */
export const jobPath = (id: string): string => {
	const {namespace, job} = partsOf(id);
	return `${jobsPath(namespace)}/${job}`;
};

/** The parts of an id. Throws `rejected` where it is none. */
export const partsOf = (id: string): {readonly namespace: string; readonly job: string} => {
	const [, namespace, job] = isId(id) ? (idForm.exec(id) ?? []) : [];
	if (namespace !== undefined && job !== undefined) return {namespace, job};
	const detail = `${JSON.stringify(cleanText(id, 100))} is not the id of a job: an id is NAMESPACE/NAME`;
	throw new BackendError({kind: 'rejected', detail});
};

/** The path of the jobs of a namespace, or of all. */
export const jobsPath = (namespace: string): string =>
	namespace === allNamespaces ? '/apis/batch/v1/jobs' : `/apis/batch/v1/namespaces/${namespace}/jobs`;

/** The path of what else there is in a namespace: `pods`, `events`. */
export const corePath = (namespace: string, kind: 'events' | 'pods'): string =>
	namespace === allNamespaces ? `/api/v1/${kind}` : `/api/v1/namespaces/${namespace}/${kind}`;
