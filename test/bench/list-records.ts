/*
The lists that jobs-server.ts sends: records as the systems print them.
*/

/** `page` counts from 0; `limit` and `total` are jobs. */
type PagePlace = {readonly page: number; readonly limit: number; readonly total: number};

export type ListForm = {
	/** The record of the job with this number. */
	readonly record: (index: number) => object;
	/** A page of such records, which are texts. */
	readonly page: (records: readonly string[], place: PagePlace) => string;
	/** What stands before two digits that may change, once in each record and nowhere else. */
	readonly figures: string;
	/** The page that an address asks for. */
	readonly pageIn: (query: URLSearchParams) => number;
};

const created = Date.UTC(2026, 10, 23, 12);
const time = (at: number): string => new Date(at).toISOString();

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

export const weaver: ListForm = {
	record: index => ({
		jobID: idOf(index),
		processID: `process-${index % 40}`,
		providerID: null,
		type: 'process',
		status: index % 3 === 0 ? 'accepted' : 'running',
		message: index % 3 === 0 ? 'Job waits for a worker.' : 'Job is running its steps.',
		created: time(created - index * 1000),
		started: index % 3 === 0 ? null : time(created - index * 1000 + 5000),
		finished: null,
		updated: time(created),
		duration: '00:10:00',
		runningSeconds: 600,
		percentCompleted: 50,
		progress: 50,
		links: [{rel: 'self', href: `http://127.0.0.1/jobs/${idOf(index)}`}],
	}),
	page: (records, {page, limit, total}) =>
		`{"jobs":[${records}],"page":${page},"limit":${limit},"total":${total}}`,
	figures: '"percentCompleted":',
	pageIn: query => Number(query.get('page') ?? 0),
};

const fieldsOfPods = {
	'f:backoffLimit': {},
	'f:completionMode': {},
	'f:completions': {},
	'f:manualSelector': {},
	'f:parallelism': {},
	'f:podReplacementPolicy': {},
	'f:suspend': {},
	'f:template': {
		'f:spec': {
			'f:containers': {
				'k:{"name":"main"}': {
					'.': {},
					'f:command': {},
					'f:image': {},
					'f:imagePullPolicy': {},
					'f:name': {},
					'f:resources': {},
					'f:terminationMessagePath': {},
					'f:terminationMessagePolicy': {},
				},
			},
			'f:dnsPolicy': {},
			'f:restartPolicy': {},
			'f:schedulerName': {},
			'f:securityContext': {},
			'f:terminationGracePeriodSeconds': {},
		},
	},
};

/** Some 2 kB, of which a good part says who wrote which field, as an API server sends it. */
export const kubernetes: ListForm = {
	record(index) {
		const name = `train-${index}`;
		const at = time(created - index * 1000).replace(/\.\d+/, '');
		const selected = {'batch.kubernetes.io/controller-uid': idOf(index)};
		const writer = (manager: string, fields: object) => ({
			manager,
			operation: 'Update',
			apiVersion: 'batch/v1',
			time: at,
			fieldsType: 'FieldsV1',
			fieldsV1: fields,
		});
		return {
			metadata: {
				name,
				namespace: 'lab',
				uid: idOf(index),
				resourceVersion: `50${100_000 + index}`,
				generation: 1,
				creationTimestamp: at,
				labels: {app: `process-${index % 40}`},
				managedFields: [
					writer('kubectl-create', {
						'f:metadata': {'f:labels': {'.': {}, 'f:app': {}}},
						'f:spec': fieldsOfPods,
					}),
					writer('kube-controller-manager', {
						'f:status': {'f:active': {}, 'f:ready': {}, 'f:startTime': {}, 'f:terminating': {}},
					}),
				],
			},
			spec: {
				parallelism: 1,
				completions: 1,
				backoffLimit: 1,
				selector: {matchLabels: selected},
				manualSelector: false,
				template: {
					metadata: {labels: {...selected, 'batch.kubernetes.io/job-name': name, 'job-name': name}},
					spec: {
						containers: [
							{
								name: 'main',
								image: 'registry.invalid/lab/train:2.1',
								command: ['sleep', '600'],
								resources: {},
								terminationMessagePath: '/dev/termination-log',
								terminationMessagePolicy: 'File',
								imagePullPolicy: 'Always',
							},
						],
						restartPolicy: 'Never',
						terminationGracePeriodSeconds: 30,
						dnsPolicy: 'ClusterFirst',
						securityContext: {},
						schedulerName: 'default-scheduler',
					},
				},
				completionMode: 'NonIndexed',
				suspend: false,
				podReplacementPolicy: 'TerminatingOrFailed',
			},
			status: {
				startTime: at,
				active: 1,
				terminating: 0,
				uncountedTerminatedPods: {},
				ready: index % 3 === 0 ? 0 : 1,
			},
		};
	},
	page(records, {page, limit, total}) {
		const next = (page + 1) * limit < total ? `,"continue":"${page + 1}"` : '';
		return `{"kind":"JobList","apiVersion":"batch/v1","metadata":{"resourceVersion":"1000"${next}},"items":[${records}]}`;
	},
	figures: ',"resourceVersion":"',
	pageIn: query => Number(query.get('continue') ?? 0),
};
