import { type FieldError, invalidValue, missingField, multipleOneOf, withRemedy } from '../../base';
import { formatDuration, parseDuration } from '../duration';

/** Drops events that came before under the same key. */
export interface DedupeOptions {
  /** Attributes, or `data.a.b` for fields of JSON data, which together are the key. */
  readonly by: readonly string[];
  /** Milliseconds after the first event of a key in which the others are dropped. */
  readonly windowMs: number;
  /** How many keys are remembered; beyond, the oldest is forgotten. */
  readonly maxKeys: number;
}

/** Delivers several events at once. */
export interface BatchOptions {
  /** Events after which a batch leaves. */
  readonly max: number;
  /** Milliseconds after its first event after which it leaves with what there is. */
  readonly withinMs: number;
}

/** Delivers one event made of several with one key, one of each type. */
export interface JoinOptions {
  /** Attributes, or `data.a.b` for fields of JSON data, which together are the key. */
  readonly by: readonly string[];
  readonly types: readonly string[];
  /** Milliseconds after the first event in which the others have to come. */
  readonly withinMs: number;
  /** Type of the event that is made. */
  readonly type: string;
  /** What becomes of events of which the others did not come. */
  readonly partial: 'deadLetter' | 'deliver' | 'drop';
  /** How many joins are open at once; beyond, the oldest ends as if its time was over. */
  readonly maxKeys: number;
}

/** What of its consumer's past a trigger or subscription looks at. */
export interface StatefulOptions {
  readonly dedupe?: DedupeOptions;
  readonly batch?: BatchOptions;
  readonly join?: JoinOptions;
}

/** One annotation: what its text means, undefined if nothing; and what to write. */
interface Entry<T = unknown> {
  readonly read: (text: string) => T | undefined;
  readonly remedy: string;
}

const PART = /^([a-z0-9]{1,50}|data(\.[A-Za-z0-9_-]{1,50}){1,10})$/;
const TYPE = /^[^\s,]{1,200}$/;
const LONGEST_MS = 168 * 3_600_000;
const partials = ['deadLetter', 'deliver', 'drop'] as const;

const listed = (text: string): string[] => text.split(',').map((part) => part.trim());
const distinct = (list: readonly string[]): boolean => new Set(list).size === list.length;

const keyParts: Entry<readonly string[]> = {
  read(text) {
    const parts = listed(text);
    return parts.length <= 5 && distinct(parts) && parts.every((part) => PART.test(part) && part !== 'data') ? parts : undefined;
  },
  remedy:
    'Write up to 5 names, separated by commas: of attributes, such as "source,id", or of fields of JSON data, such as "data.order.id".',
};
const duration: Entry<number> = {
  read(text) {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 && ms <= LONGEST_MS ? ms : undefined;
  },
  remedy: `Write a duration up to ${formatDuration(LONGEST_MS)}, such as "30s" or "10m".`,
};
const whole = (max: number): Entry<number> => ({
  read: (text) => (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= max ? Number(text) : undefined),
  remedy: `Write a number from 1 to ${max}.`,
});
const typeList: Entry<readonly string[]> = {
  read(text) {
    const types = listed(text);
    const fits = types.length >= 2 && types.length <= 20 && distinct(types) && types.every((type) => TYPE.test(type));
    return fits ? types : undefined;
  },
  remedy: 'Write 2 to 20 types of events, separated by commas, such as "order.paid,order.packed".',
};
const typeName: Entry<string> = {
  read: (text) => (TYPE.test(text) ? text : undefined),
  remedy: 'Write the type of the event that is made, such as "order.complete".',
};
const partial: Entry<JoinOptions['partial']> = {
  read: (text) => partials.find((one) => one === text),
  remedy: `Write one of ${partials.join(', ')}.`,
};

/** The annotations by which consumers look at their past, below `eventing.knative-constructs.dev/`. */
export const statefulEntries = {
  'dedupe-by': keyParts,
  'dedupe-window': duration,
  'dedupe-max-keys': whole(1_000_000),
  'batch-max': whole(1000),
  'batch-within': duration,
  'join-by': keyParts,
  'join-types': typeList,
  'join-within': duration,
  'join-type': typeName,
  'join-partial': partial,
  'join-max-keys': whole(1_000_000),
} as const satisfies Readonly<Record<string, Entry>>;

type Key = keyof typeof statefulEntries;
/** Texts of annotations by their keys without the group. */
type Texts = Readonly<Record<string, string | undefined>>;

const MAX_KEYS = 10_000;
const TEN_MINUTES_MS = 600_000;

/** True if any annotation of a feature is there. */
const asksFor = (texts: Texts, feature: string): boolean => Object.keys(texts).some((key) => key.startsWith(`${feature}-`));

type Value<K extends Key> = ReturnType<(typeof statefulEntries)[K]['read']>;

function value<K extends Key>(texts: Texts, key: K): Value<K> | undefined {
  const text = texts[key];
  return text === undefined ? undefined : (statefulEntries[key].read(text) as Value<K>);
}

/** What annotations ask for, with defaults; those at fault say nothing. */
export function statefulOptions(texts: Texts): StatefulOptions {
  const [by, types] = [value(texts, 'join-by'), value(texts, 'join-types')];
  return {
    ...(asksFor(texts, 'dedupe')
      ? {
          dedupe: {
            by: value(texts, 'dedupe-by') ?? ['source', 'id'],
            windowMs: value(texts, 'dedupe-window') ?? TEN_MINUTES_MS,
            maxKeys: value(texts, 'dedupe-max-keys') ?? MAX_KEYS,
          },
        }
      : {}),
    ...(by && types
      ? {
          join: {
            ...{ by, types, withinMs: value(texts, 'join-within') ?? TEN_MINUTES_MS },
            type: value(texts, 'join-type') ?? types.join('+'),
            partial: value(texts, 'join-partial') ?? 'deadLetter',
            maxKeys: value(texts, 'join-max-keys') ?? MAX_KEYS,
          },
        }
      : asksFor(texts, 'batch')
        ? { batch: { max: value(texts, 'batch-max') ?? 100, withinMs: value(texts, 'batch-within') ?? 10_000 } }
        : {}),
  };
}

/** What is wrong with one annotation's text. */
export function statefulValueErrors(key: string, text: string): FieldError[] {
  const entry: Entry = statefulEntries[key as Key];
  return entry.read(text) === undefined ? [withRemedy(invalidValue(text, ''), entry.remedy)] : [];
}

/** What is wrong with annotations taken together. @param path of the annotation with this key */
export function statefulErrors(texts: Texts, path: (key: string) => string): FieldError[] {
  if (!asksFor(texts, 'join')) return [];
  const missing = (['join-by', 'join-types'] as const).filter((key) => texts[key] === undefined);
  const batched = Object.keys(texts).filter((key) => key.startsWith('batch-'));
  const together = ['join-by', ...batched].map(path);
  return [
    ...missing.map((key) => withRemedy(missingField(path(key)), statefulEntries[key].remedy)),
    ...(batched.length > 0
      ? [withRemedy(multipleOneOf(...together), 'Choose one; a second trigger can batch the events that the first makes.')]
      : []),
    ...(texts['order-by'] === undefined
      ? []
      : [
          withRemedy(
            multipleOneOf(path('join-by'), path('order-by')),
            'Leave order-by out: joins of one key go one after the other already.',
          ),
        ]),
  ];
}
