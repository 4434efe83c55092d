import type {Connection} from '../backends/backend.ts';
import {dryRun} from '../cancellation/dry-run.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import type {Attention} from './attention.ts';
import type {Cancelling} from './cancelling.ts';
import type {Inspection} from './inspection.ts';
import type {JobOutput} from './job-output.ts';
import type {Keeping} from './keeping.ts';
import {linksTo} from './links.ts';
import type {Runner} from './open-runner.ts';
import type {ProfileActions} from './profiles/profile-actions.ts';
import type {Profiles} from './profiles/profiles.ts';
import type {Intention, Report} from './protocol.ts';
import type {RequestReports} from './request-reports.ts';
import type {Visibility} from './visibility/visibility.ts';

/** The parts of the engine that carry out intentions. */
export type IntentionParts = {
	/** By profile. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly profiles: Pick<Profiles, 'hasten' | 'names'>;
	readonly attention: Pick<Attention, 'note'>;
	readonly cancelling: Pick<Cancelling, 'cancelAndReport' | 'force'>;
	readonly runner: Pick<Runner, 'recall' | 'unfollow'>;
	readonly inspection: Pick<Inspection, 'inspect' | 'look'>;
	readonly output: Pick<JobOutput, 'refresh' | 'wantLog' | 'wantResults'>;
	readonly requests: Pick<RequestReports, 'show'>;
	readonly visibility: Visibility;
	readonly profileActions: ProfileActions;
	readonly keeping: Pick<Keeping, 'exportBatch' | 'keepCommand' | 'keepView'>;
	readonly report: Report;
	readonly stop: () => Promise<void>;
};

type OfType<Type extends Intention['type']> = Extract<Intention, {readonly type: Type}>;

/** One handler per intention: a missing one does not compile. */
type Handlers = {readonly [Type in Intention['type']]: (intention: OfType<Type>) => void};

/** Carries out intentions, each with one part of the engine. */
export const createIntentions = (parts: IntentionParts): ((intention: Intention) => void) => {
	const {connections, profiles, attention, cancelling, runner, inspection, output} = parts;
	const {requests, visibility, profileActions, keeping, report} = parts;

	const handlers: Handlers = {
		cancel: ({targets, reason}) =>
			void cancelling.cancelAndReport(targets, reason === undefined ? {} : {reason}),
		suspend: ({type: _type, targets, ...manner}) => void cancelling.cancelAndReport(targets, manner),
		recall: ({batch}) => runner.recall(batch),
		force: ({refs}) => cancelling.force(refs),
		unfollow: ({refs}) => runner.unfollow(refs),
		'dry-run': ({asked, refs, operation}) =>
			report([{type: 'dry-run', asked, requests: dryRun(connections, refs, operation)}]),
		inspect: ({ref}) => inspection.inspect(ref),
		look: ({ref}) => inspection.look(ref),
		logs: ({ref}) => output.wantLog(ref),
		results: ({ref}) => output.wantResults(ref),
		requests: ({ref}) => requests.show(ref),
		dismiss: ({refs}) => visibility.hide(refs, true),
		restore: ({refs}) => visibility.hide(refs, false),
		delete: ({targets}) => visibility.deleteAll(targets),
		refresh({profile}) {
			profileActions.refresh(profile);
			output.refresh(profile);
		},
		scope: ({scope}) => profileActions.changeScope(scope),
		test: ({profile}) => profileActions.test(profile),
		'log-in': ({profile, terminal}) => profileActions.logIn(profile, terminal),
		enable: ({profile, enabled}) => profileActions.enable(profile, enabled),
		links({ref}) {
			const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
			const connection = connections.get(profile);
			report([{type: 'links', ref, ...(connection && linksTo(connection, id))}]);
		},
		interval: ({to}) => profileActions.changeIntervals(to),
		attention({what}) {
			attention.note(what);
			profiles.hasten();
		},
		'keep-view': ({view}) => keeping.keepView(view),
		'remember-command': ({line}) => keeping.keepCommand(line),
		export: ({batch}) => keeping.exportBatch(batch),
		stop: () => void parts.stop(),
	};

	return intention => {
		const urgent = urgentProfiles[intention.type]?.(intention as never) ?? [];
		const names = urgent === 'all' ? profiles.names() : urgent;
		for (const name of new Set(names)) connections.get(name)?.goOn?.();
		handlers[intention.type](intention as never);
	};
};

const profilesOf = (refs: readonly (Ref | undefined)[]): readonly string[] =>
	refs.flatMap(ref => (ref === undefined ? [] : (parseRef(ref)?.profile ?? [])));

/** The profiles that an intention may request from at once, even if their server asked for a pause. */
const urgentProfiles: {
	readonly [Type in Intention['type']]?: (intention: OfType<Type>) => readonly string[] | 'all';
} = {
	cancel: ({targets}) => profilesOf(targets.map(({ref}) => ref)),
	suspend: ({targets}) => profilesOf(targets.map(({ref}) => ref)),
	delete: ({targets}) => profilesOf(targets.map(({ref}) => ref)),
	force: ({refs}) => profilesOf(refs),
	look: ({ref}) => profilesOf([ref]),
	logs: ({ref}) => profilesOf([ref]),
	results: ({ref}) => profilesOf([ref]),
	refresh: ({profile}) => (profile === undefined ? 'all' : [profile]),
	test: ({profile}) => [profile],
	'log-in': ({profile}) => [profile],
};
