import { apiVersionOf, type Destination, ServiceType } from '../../../lib/api';
import { defined, isRecord, type Named } from '../shape';

/**
 * What events can be sent to: a `KnService`, a `Broker`, a `Channel`, a `Sequence`, a Service of any `cdk8s-plus-NN`, or anything else
 * with a kind, a name and an address.
 */
export interface SinkTarget extends Named {
  /** API version of the object. @default 'serving.knative.dev/v1' */
  readonly apiVersion?: string;
  /** Kind of the object. @default 'Service' */
  readonly kind?: string;
  /** Namespace of the object. @default - that of whoever sends */
  readonly namespace?: string | undefined;
  /** Where some libraries keep the namespace. */
  readonly metadata?: { readonly namespace?: string | undefined };
}

/** What a URL needs beside itself. */
export interface SinkOptions {
  /** PEM certificates that the receiver may have beside those that are trusted anyway. @default - none */
  readonly caCerts?: string;
  /** Audience of the OpenID Connect token that the receiver expects. @default - what the receiver says itself */
  readonly audience?: string;
}

/** A component or resource of Pulumi: its name is known when it is made. */
export interface SinkOutput {
  readonly kind: unknown;
  readonly name: { apply(use: (name: string) => unknown): unknown };
}

/** Where events are sent that is more than an object: a URL, or a path at an object. */
export class Sink {
  /** A receiver outside the cluster, or one that is known by its URL alone: `Sink.uri('https://example.com/events')`. */
  static uri(uri: string, options: SinkOptions = {}): Sink {
    return new Sink(undefined, uri, options.caCerts, options.audience);
  }

  /** A path at an object: `Sink.path(hello, '/events')`. */
  static path(target: SinkTarget | SinkOutput, path: string, options: SinkOptions = {}): Sink {
    return new Sink(target as SinkTarget, path, options.caCerts, options.audience);
  }

  private constructor(
    readonly target: SinkTarget | undefined,
    readonly uri: string,
    readonly caCerts: string | undefined,
    readonly audience: string | undefined,
  ) {}
}

/** Where events are sent. */
export type SinkInput = SinkTarget | Sink;

/** By shape: Pulumi hands on data, and an app may have two copies of this package. */
const isSink = (input: SinkInput): input is Sink => isRecord(input) && typeof input['uri'] === 'string' && !('kind' in input);

/** The reference to an object; its namespace is named where it is another than `namespace`. */
export function referenceTo(target: SinkTarget, namespace: string | undefined) {
  const own = target.namespace ?? target.metadata?.namespace;
  return {
    apiVersion: target.apiVersion ?? apiVersionOf(ServiceType),
    kind: target.kind ?? ServiceType.kind,
    name: target.name,
    ...(own !== undefined && own !== namespace ? { namespace: own } : {}),
  };
}

/**
 * The destination that a sink stands for.
 * @param namespace of the object that sends
 */
export function destinationOf(input: SinkInput, namespace: string | undefined): Destination {
  if (!isRecord(input)) return {};
  if (!isSink(input)) return { ref: referenceTo(input, namespace) };
  const { target, uri, caCerts, audience } = input;
  return { ...(target ? { ref: referenceTo(target, namespace) } : {}), uri, ...defined({ CACerts: caCerts, audience }) };
}
