import { type FieldError, invalidKeyName, invalidValue, via, withRemedy } from '../../base';

const GROUP = 'eventing.knative-constructs.dev/';
const KEYS = {
  orderBy: `${GROUP}order-by`,
  concurrency: `${GROUP}concurrency`,
  paused: `${GROUP}paused`,
  rate: `${GROUP}rate`,
} as const;
const ATTRIBUTE = /^[a-z][a-z0-9]*$/;
const NATURAL = /^[1-9]\d{0,5}$/;
const DECIMAL = /^\d{1,6}(\.\d{1,6})?$/;

/** How a trigger gets its events, beyond what Knative's DeliverySpec says. This package's own; upstream ignores it. */
export interface ConsumerOptions {
  /** Events with one value of this attribute go one after the other. */
  readonly orderBy?: string;
  /** How many events may be on their way at once. */
  readonly concurrency?: number;
  /** Events wait. */
  readonly paused?: boolean;
  /** At most so many events a second. */
  readonly ratePerSecond?: number;
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** What the annotations `eventing.knative-constructs.dev/order-by`, `concurrency`, `paused` and `rate` say; those at fault say nothing. */
export function consumerOptions(annotations: Annotations = {}): ConsumerOptions {
  const { [KEYS.orderBy]: orderBy, [KEYS.concurrency]: concurrency = '', [KEYS.rate]: rate = '' } = annotations;
  return {
    ...(orderBy !== undefined && ATTRIBUTE.test(orderBy) ? { orderBy } : {}),
    ...(NATURAL.test(concurrency) ? { concurrency: Number(concurrency) } : {}),
    ...(annotations[KEYS.paused] === 'true' ? { paused: true } : {}),
    ...(DECIMAL.test(rate) && Number(rate) > 0 ? { ratePerSecond: Number(rate) } : {}),
  };
}

/** What is wrong with them; the errors' path is that of the annotations. */
export function consumerOptionErrors(annotations: Annotations = {}): FieldError[] {
  return Object.entries(annotations).flatMap(([key, value]) =>
    key.startsWith(GROUP) ? via(`[${key}]`, errorsOf(key, value)) : [],
  );
}

function errorsOf(key: string, value: string): FieldError[] {
  switch (key) {
    case KEYS.orderBy:
      return ATTRIBUTE.test(value) ? [] : [withRemedy(invalidValue(value, ''), 'Name one attribute, such as "subject".')];
    case KEYS.concurrency:
      return NATURAL.test(value) ? [] : [withRemedy(invalidValue(value, ''), 'Write a number from 1 to 999999.')];
    case KEYS.paused:
      return value === 'true' || value === 'false' ? [] : [withRemedy(invalidValue(value, ''), 'Write "true" or "false".')];
    case KEYS.rate:
      return DECIMAL.test(value) && Number(value) > 0
        ? []
        : [withRemedy(invalidValue(value, ''), 'Write how many events a second, such as "10" or "0.5".')];
    default:
      return [withRemedy(invalidKeyName(key, ''), `The annotations are ${Object.values(KEYS).join(', ')}.`)];
  }
}

/** Those of a kind for which they have no effect; the errors' path is that of the annotations. */
export function strayOptionErrors(annotations: Annotations = {}): FieldError[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(GROUP))
    .map((key) =>
      withRemedy(invalidKeyName(key, ''), 'It has an effect on a Trigger alone: subscribe to a broker by a trigger.'),
    );
}
