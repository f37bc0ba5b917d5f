import { BrokerType, findServedType, type ResourceType } from '../../lib/api';
import { KncError } from '../../lib/base';

/** An event as a test writes it; attributes that it leaves out are made up. */
export interface TestEvent {
  readonly type: string;
  /** @default '/test' */
  readonly source?: string;
  /** @default `event-1`, `event-2` and so on */
  readonly id?: string;
  readonly subject?: string;
  /** Anything that JSON can say. @default none */
  readonly data?: unknown;
  /** Further attributes by their names in lower case. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>>;
  /**
   * The service account that sends it, where receivers want to know: `NAME` in the namespace of the receiver, or `NAMESPACE/NAME`. It need
   * not be in the chart. @default nobody, without a token
   */
  readonly as?: string;
}

/** Something that takes events: the construct, or the name of a broker (in namespace `default`, or `namespace/name`). */
export type EventReceiver =
  | string
  | { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly namespace: string | undefined };

/** The kind of a receiver. @throws KncError KNC3112 if it is not served */
export function typeOf(receiver: EventReceiver): ResourceType {
  if (typeof receiver === 'string') return BrokerType;
  const { apiVersion, kind } = receiver;
  const type = findServedType(apiVersion, kind);
  if (!type) throw new KncError('KNC3112', `no kind ${JSON.stringify(kind)} is served in ${apiVersion}`);
  return type;
}

/** The event in the JSON event format. */
export function bodyOf({ type, source = '/test', subject, data, extensions }: TestEvent, id: string): string {
  return JSON.stringify({ specversion: '1.0', id, source, type, subject, ...extensions, data });
}
