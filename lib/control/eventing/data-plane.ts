import { isReady, type KResourceStatus, type KubeObject, type Stored, type SubscriberStatus } from '../../api';
import type { Ask, Observed } from '../reconciler';

/** Topic of questions about what the engine that delivers events serves. */
export const EVENTING_TOPIC = 'eventing';

/** What it is asked about; the key of the question is `<kind>/<namespace>/<name>`. */
export interface EventingQuestion {
  readonly kind:
    | 'broker'
    | 'trigger'
    | 'in-memory-channel'
    | 'ping-source'
    | 'api-server-source'
    | 'job-sink'
    | 'event-transform'
    | 'request-reply'
    /** Of a channel that a flow does not want any more, or of one consumer of a channel: whether everything is delivered. */
    | 'drain';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of a trigger: the broker that it means now. A broker that is made anew has to be asked about anew. */
  readonly brokerUid?: string;
  /** Of `drain`, where it is about a consumer of the channel: the name of its subscription. */
  readonly subscription?: string;
}

/** The object as it is served now. No answer: it is not served, or that is not known yet. */
export interface EventingAnswer {
  /** Of a trigger: with the addresses that its status of this generation says. */
  readonly generation: number;
  /** Why it cannot be served as it is, for people. */
  readonly problem?: string;
  /** Of a source of events of the API server: its service account may not watch what it is to watch. */
  readonly forbidden?: boolean;
  /** Of a source of events of the API server: the `source` of those events. */
  readonly source?: string;
  /** Of a channel: its subscriptions, as far as they are served. */
  readonly subscribers?: readonly SubscriberStatus[];
}

type Served = Stored<KubeObject> & { readonly status?: KResourceStatus };

/** What is known of whether an object is served. */
export interface Serving {
  readonly ask: Ask;
  /** Undefined: nothing is known yet. */
  readonly answer: EventingAnswer | undefined;
  /** In the generation that there is now. After a restart, what was ready is taken to be served until it is said otherwise. */
  readonly served: boolean;
}

/** Whether the engine that delivers events serves an object. */
export function servingOf(kind: EventingQuestion['kind'], object: Served, observed: Observed, brokerUid?: string): Serving {
  const { namespace = '', name, uid, generation = 0 } = object.metadata;
  const key = `${kind}/${namespace}/${name}`;
  const input: EventingQuestion = { kind, namespace, name, uid, ...(brokerUid ? { brokerUid } : {}) };
  const answer = observed.answer(EVENTING_TOPIC, key) as EventingAnswer | undefined;
  const served = answer ? answer.generation >= generation && answer.problem === undefined : isReady(object);
  return { ask: { topic: EVENTING_TOPIC, key, input }, answer, served };
}

/**
 * Whether a channel, which nothing new leads to, has delivered everything, and nothing is on its way to it; or whether that is so of one
 * of its subscriptions that is closing.
 */
export function drainOf({ namespace = '', name, uid }: Named, observed: Observed, subscription?: string) {
  const key = `drain/${namespace}/${name}${subscription ? `/${subscription}` : ''}`;
  const input: EventingQuestion = { kind: 'drain', namespace, name, uid, ...(subscription ? { subscription } : {}) };
  const answer = observed.answer(EVENTING_TOPIC, key) as { readonly drained: boolean } | undefined;
  return { ask: { topic: EVENTING_TOPIC, key, input } satisfies Ask, drained: answer?.drained === true };
}

type Named = Pick<Stored<KubeObject>['metadata'], 'namespace' | 'name' | 'uid'>;
