import type { PlaceMessage, Standing, Stat, View } from '../../gateway';

/** The version of what follows. One that speaks another is not spoken to. */
export const LINK_VERSION = 1;

/** Which part of the runtime is at one end of a link. */
export const LINK_ROLES = ['controller', 'gateway', 'eventing', 'source'] as const;
export type LinkRole = (typeof LINK_ROLES)[number];

/** Who is at the other end: the first message each way. */
export interface LinkHello {
  readonly type: 'hello';
  readonly version: number;
  readonly role: LinkRole;
  /** Of this process alone. */
  readonly id: string;
  /** Name of its pod. */
  readonly name: string;
  /** Of a gateway: what it goes by. */
  readonly sharing?: { readonly view?: View; readonly fenced: boolean; readonly standing: Standing };
  /** From the leader to a gateway: up to where its reports are known. */
  readonly heard?: number;
}

/** Everything that is said over a link. */
export type LinkMessage =
  | LinkHello
  /** Leader to data plane: a question of a plan, and that nobody wants to know any more. */
  | { readonly type: 'ask'; readonly topic: string; readonly key: string; readonly input?: unknown }
  | { readonly type: 'forget'; readonly topic: string; readonly key: string }
  /** Data plane to leader. Without `value` there is no answer any more. */
  | { readonly type: 'answer'; readonly topic: string; readonly key: string; readonly value?: unknown }
  /** Gateway to leader: one report, counted from 1. */
  | { readonly type: 'stats'; readonly seq: number; readonly stats: readonly Stat[] }
  /** Leader to gateway. */
  | { readonly type: 'view'; readonly view: View }
  /** Gateway to leader of itself, and leader to gateway of the others, which `of` tells apart. */
  | { readonly type: 'standing'; readonly of: string; readonly standing: Standing }
  /** Gateway to leader: it has given up what it owned by the view of this epoch, and has nothing until it goes by a newer one. */
  | { readonly type: 'fenced'; readonly epoch: number }
  /** Gateway to leader, and back: whoever gets an answer keeps its pods for a while from when it asked. */
  | { readonly type: 'renew'; readonly seq: number }
  | { readonly type: 'renewed'; readonly seq: number }
  /** Between gateways. */
  | PlaceMessage;

type Check = (value: unknown) => boolean;

const MAX_TEXT = 1024;
const MAX_LIST = 100_000;

const text: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT;
const count: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const whole: Check = (value) => count(value) && Number.isInteger(value);
const anything: Check = () => true;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= MAX_LIST && value.every(check);
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));

const standing = object({ epoch: whole, busy: list(text) });
const view = object({
  epoch: whole,
  members: list(object({ id: text, name: text, address: text, since: whole })),
  present: list(object({ id: text, name: text })),
});
const stat = object({
  ...{ reporter: text, namespace: text, revision: text },
  ...{ time: count, averageConcurrency: count, requestCount: (value) => typeof value === 'number' && Number.isFinite(value) },
});
const place = { namespace: text, revision: text };

const FIELDS: Readonly<Record<LinkMessage['type'], Check>> = {
  hello: object({
    version: whole,
    role: oneOf(LINK_ROLES),
    id: text,
    name: text,
    sharing: optional(object({ view: optional(view), fenced: (value) => typeof value === 'boolean', standing })),
    heard: optional(whole),
  }),
  ask: object({ topic: text, key: text, input: anything }),
  forget: object({ topic: text, key: text }),
  answer: object({ topic: text, key: text, value: anything }),
  stats: object({ seq: whole, stats: list(stat) }),
  view: object({ view }),
  standing: object({ of: text, standing }),
  fenced: object({ epoch: whole }),
  renew: object({ seq: whole }),
  renewed: object({ seq: whole }),
  want: object({ ...place, count: (value) => whole(value) && (value as number) <= MAX_LIST }),
  place: object({ ...place, ticket: text }),
  none: object(place),
  return: object({ ticket: text }),
};

/** Reads a message. Throws for anything that is none, and says of a hello in which version it is, if that is not ours. */
export function parseLinkMessage(data: string): LinkMessage {
  const value = JSON.parse(data) as { readonly type?: unknown; readonly version?: unknown } | null;
  const type = typeof value === 'object' && value !== null ? value.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) throw new Error('a message of no known type');
  if (type === 'hello' && value?.version !== LINK_VERSION)
    throw new Error(`the other end speaks version ${JSON.stringify(value?.version)} of the link, and this one ${LINK_VERSION}`);
  if (!FIELDS[type as LinkMessage['type']](value)) throw new Error(`a message of type ${type} that cannot be read`);
  return value as LinkMessage;
}
