import { type ConsumerAnnotation, consumerAnnotation, hasConsumerOptions } from '../../../lib/api';
import { type DurationInput, durationText } from '../duration';
import type { Problem } from '../findings';
import type { Known } from '../known-props';
import { ifSet } from '../shape';
import type { EventingProps, PropNames } from './eventing-props';

/** What tells events apart: names of attributes, and `data.order.id` for fields of JSON data. Several together are one key. */
export type EventKey = string | readonly string[];

/** Drops events that came before. */
export interface DedupeProps {
  /** What makes two events the same. Events that lack it are let through. @default ['source', 'id'] */
  readonly by?: EventKey;
  /** How long after the first event the others are dropped, at most `168h`. @default '10m' */
  readonly window?: DurationInput;
  /** How many keys are remembered. Beyond, the oldest is forgotten: its event may then come twice. @default 10000 */
  readonly maxKeys?: number;
}

/** Sends several events in one request, as a batch of CloudEvents (`application/cloudevents-batch+json`). */
export interface BatchProps {
  /** Events after which a batch leaves, at most 1000; 1 MiB of them are enough, too. @default 100 */
  readonly max?: number;
  /** How long after its first event a batch leaves with what there is, at most `168h`. @default '10s' */
  readonly within?: DurationInput;
}

/** Sends one event made of several with one key: one of each type. Its data has them whole, by their types. */
export interface JoinProps {
  /** What the events have in common. */
  readonly by: EventKey;
  /** The types, two or more. */
  readonly types: readonly string[];
  /** How long after the first event the others have to come, at most `168h`. @default '10m' */
  readonly within?: DurationInput;
  /** Type of the event that is made. @default - the types with `+` between them */
  readonly as?: string;
  /**
   * What becomes of events of which the others did not come: each goes to the dead letter sink, the joined event is delivered
   * without them (its attribute `joinmissing` names their types), or they are dropped.
   * @default 'deadLetter'
   */
  readonly partial?: 'deadLetter' | 'deliver' | 'drop';
  /** How many joins are open at once. Beyond, the oldest ends as if its time was over. @default 10000 */
  readonly maxKeys?: number;
}

/** How events are consumed, beyond what Knative's API says: upstream ignores all of these, and synthesis warns of it (`consumer-options`). */
export interface ConsumerProps {
  /** Events with one value of this attribute, or of this field of JSON data (`data.order.id`), go one after the other. @default - in any order */
  readonly orderBy?: string;
  /** How many deliveries may be under way at once. @default 32 */
  readonly concurrency?: number;
  /** Events wait. @default false */
  readonly paused?: boolean;
  /** At most so many deliveries a second. @default - no limit */
  readonly rate?: number;
  /** Drops events that came before. @default - none are dropped */
  readonly dedupe?: DedupeProps;
  /** Sends several events in one request. Excludes `join`. @default - one by one */
  readonly batch?: BatchProps;
  /** Sends one event made of several. Excludes `batch` and `orderBy`: joins of one key go one after the other. @default - none are joined */
  readonly join?: JoinProps;
}

/** The names of these props. */
export const consumerPropNames = {
  ...{ orderBy: 'any', concurrency: 'any', paused: 'any', rate: 'any' },
  dedupe: { by: 'any', window: 'any', maxKeys: 'any' } satisfies PropNames<DedupeProps>,
  batch: { max: 'any', within: 'any' } satisfies PropNames<BatchProps>,
  join: { by: 'any', types: 'any', within: 'any', as: 'any', partial: 'any', maxKeys: 'any' } satisfies PropNames<JoinProps>,
} as const satisfies PropNames<ConsumerProps> & Known;

const listText = (list: EventKey): string => ([list].flat() as string[]).join(',');

function texts({
  orderBy,
  concurrency,
  paused,
  rate,
  dedupe,
  batch,
  join,
}: ConsumerProps): Partial<Record<ConsumerAnnotation, string | undefined>> {
  return {
    'order-by': orderBy,
    concurrency: ifSet(concurrency, String),
    paused: ifSet(paused, String),
    rate: ifSet(rate, String),
    'dedupe-by': dedupe && listText(dedupe.by ?? ['source', 'id']),
    'dedupe-window': ifSet(dedupe?.window, durationText),
    'dedupe-max-keys': ifSet(dedupe?.maxKeys, String),
    'batch-max': batch && String(batch.max ?? 100),
    'batch-within': ifSet(batch?.within, durationText),
    'join-by': join && listText(join.by ?? []),
    'join-types': join && listText(join.types ?? []),
    'join-within': ifSet(join?.within, durationText),
    'join-type': join?.as,
    'join-partial': join?.partial,
    'join-max-keys': ifSet(join?.maxKeys, String),
  };
}

/** The annotations that carry these props. */
export const consumerAnnotations = (props: ConsumerProps): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(texts(props)).map(([name, text]) => [consumerAnnotation(name as ConsumerAnnotation), text]));

/** What is to be said of these props beyond what the object shows. */
export function consumerProblems(props: ConsumerProps & Pick<EventingProps, 'metadata'>): Problem[] {
  const all = { ...consumerAnnotations(props), ...props.metadata?.annotations };
  const asked = Object.entries(all).flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const]));
  if (!hasConsumerOptions(Object.fromEntries(asked))) return [];
  return [...commaProblems(props), upstreamProblem(props)];
}

/** Lists stand in annotations with commas between their items. */
const commaProblems = ({ join, dedupe }: ConsumerProps): Problem[] =>
  [
    ['join.types', join?.types],
    ['join.by', join?.by],
    ['dedupe.by', dedupe?.by],
  ].flatMap(([path, list]) =>
    Array.isArray(list) && list.some((item) => String(item).includes(','))
      ? [{ message: 'a name has a comma', paths: [path as string], remedy: 'Write each name as an item of its own.' }]
      : [],
  );

function upstreamProblem({ join, batch, dedupe }: ConsumerProps): Problem {
  const what = join
    ? 'delivers each event by itself'
    : batch
      ? 'delivers events one by one'
      : dedupe
        ? 'delivers duplicates'
        : 'delivers events as it likes';
  return {
    message: `how these events are consumed is said by annotations of this package: upstream Knative ignores them, and ${what}`,
    paths: ['metadata.annotations'],
    remedy: 'Use them where the runtime of this package runs.',
    level: 'warning',
    rule: 'consumer-options',
  };
}
