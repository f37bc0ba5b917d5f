import { type FieldError, invalidKeyName, invalidValue, via, withRemedy } from '../../base';
import type { KubeObject } from '../meta';
import { type StatefulOptions, statefulEntries, statefulErrors, statefulOptions, statefulValueErrors } from './stateful-options';

const GROUP = 'eventing.knative-constructs.dev/';
const ORDER = /^([a-z][a-z0-9]*|data(\.[A-Za-z0-9_-]{1,50}){1,10})$/;
const NATURAL = /^[1-9]\d{0,5}$/;
const DECIMAL = /^\d{1,6}(\.\d{1,6})?$/;

/** How a trigger or subscription gets its events, beyond what Knative's DeliverySpec says. This package's own; upstream ignores it. */
export interface ConsumerOptions extends StatefulOptions {
  /** Events with one value of this attribute, or `data.a.b` for a field of JSON data, go one after the other. */
  readonly orderBy?: string;
  /** How many events may be on their way at once. */
  readonly concurrency?: number;
  /** Events wait. */
  readonly paused?: boolean;
  /** At most so many events a second. */
  readonly ratePerSecond?: number;
}

type Annotations = Readonly<Record<string, string>> | undefined;

const fits = {
  'order-by': (text: string) => ORDER.test(text),
  concurrency: (text: string) => NATURAL.test(text),
  paused: (text: string) => text === 'true' || text === 'false',
  rate: (text: string) => DECIMAL.test(text) && Number(text) > 0,
} as const;
const remedies = {
  'order-by': 'Name one attribute, such as "subject", or a field of JSON data, such as "data.order.id".',
  concurrency: 'Write a number from 1 to 999999.',
  paused: 'Write "true" or "false".',
  rate: 'Write how many events a second, such as "10" or "0.5".',
} as const satisfies Record<keyof typeof fits, string>;

/** The annotations that say how events are consumed, without their group. */
export type ConsumerAnnotation = keyof typeof fits | keyof typeof statefulEntries;

/** The annotation of this package with this name, as it stands in objects. */
export const consumerAnnotation = (name: ConsumerAnnotation): string => GROUP + name;

const isPlain = (name: string): name is keyof typeof fits => Object.hasOwn(fits, name);
const isStateful = (name: string): boolean => Object.hasOwn(statefulEntries, name);

/** Texts by their keys without the group. */
function textsOf(annotations: Annotations = {}): Readonly<Record<string, string>> {
  const own = Object.entries(annotations).filter(([key]) => key.startsWith(GROUP));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(GROUP.length), text]));
}

/** What the annotations `eventing.knative-constructs.dev/…` say; those at fault say nothing. */
export function consumerOptions(annotations: Annotations): ConsumerOptions {
  const texts = textsOf(annotations);
  const text = (name: keyof typeof fits) => {
    const given = texts[name];
    return given !== undefined && fits[name](given) ? given : undefined;
  };
  const [orderBy, concurrency, rate] = [text('order-by'), text('concurrency'), text('rate')];
  return {
    ...(orderBy === undefined ? {} : { orderBy }),
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
    ...(text('paused') === 'true' ? { paused: true } : {}),
    ...(rate === undefined ? {} : { ratePerSecond: Number(rate) }),
    ...statefulOptions(texts),
  };
}

/** What is wrong with them; the errors' path is that of the annotations. */
export function consumerOptionErrors(annotations: Annotations): FieldError[] {
  const texts = textsOf(annotations);
  return [
    ...Object.entries(texts).flatMap(([name, text]) => via(`[${GROUP}${name}]`, errorsOf(name, text))),
    ...statefulErrors(texts, (name) => `[${GROUP}${name}]`),
  ];
}

function errorsOf(name: string, text: string): FieldError[] {
  if (isStateful(name)) return statefulValueErrors(name, text);
  if (isPlain(name)) return fits[name](text) ? [] : [withRemedy(invalidValue(text, ''), remedies[name])];
  const known = [...Object.keys(fits), ...Object.keys(statefulEntries)].map((one) => GROUP + one);
  return [withRemedy(invalidKeyName(GROUP + name, ''), `The annotations are ${known.join(', ')}.`)];
}

/** Those of a kind for which they have no effect; the errors' path is that of the annotations. */
export function strayOptionErrors(annotations: Annotations = {}): FieldError[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(GROUP))
    .map((key) => withRemedy(invalidKeyName(key, ''), 'It has an effect on a Trigger or a Subscription alone: move it there.'));
}

/** True if any annotation of this package says how events are consumed. */
export const hasConsumerOptions = (annotations: Annotations): boolean => Object.keys(textsOf(annotations)).length > 0;

/**
 * On a Subscription that its flow does not want any more: it gets what came until now, and nothing new. Only the controller of the flow
 * writes it.
 */
export const CLOSING_ANNOTATION = 'flows.knative-constructs.dev/closing';

export const isClosing = ({ metadata }: KubeObject): boolean => metadata.annotations?.[CLOSING_ANNOTATION] === 'true';
