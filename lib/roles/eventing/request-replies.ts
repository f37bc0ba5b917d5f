import { randomBytes } from 'node:crypto';
import {
  BrokerType,
  childName,
  keyOf,
  parseIsoDuration,
  type RequestReply,
  RequestReplyType,
  type Secret,
  SecretType,
  type Stored,
  setDefaults,
} from '../../api';
import { type Random, systemRandom } from '../../base';
import { audienceOf } from '../../control';
import { Deliverer, type Destination, RequestReplyIngress, type RequestReplySpec } from '../../eventing';
import { CORRELATION_NONCE_BYTES, holdCorrelationKey } from '../../expr';
import { type Change, ClusterError, Informer } from '../../kube';
import { destination, policyOf } from './consumer-specs';
import { attemptOf, EndpointJournal } from './endpoint-journal';
import type { EndpointsOptions } from './endpoints';
import { sentAs } from './sent-as';

const NAMESPACE = 'knative-eventing';
const SERVICE = 'request-reply';
/** The Secret with the keys of all RequestReplies: `NAMESPACE.NAME.key-INDEX`. */
const KEYS = 'request-reply-keys';
const KEY_BYTES = 32;
const BROKER_ADDRESS = 'knative.dev/brokerAddress';

interface HeldKey {
  readonly index: number;
  readonly text: string;
  readonly key: Buffer;
  readonly release: () => void;
}

/** Makes the RequestReplies of a cluster work in this process. */
export class RequestReplies {
  readonly #informer: Informer<RequestReply>;
  readonly #secrets: Informer<Secret>;
  /** By `NAMESPACE.NAME`. */
  readonly #keys = new Map<string, readonly HeldKey[]>();

  constructor(private readonly options: EndpointsOptions) {
    const { cluster, clock, executor, log, journal, random, sender, door, access } = options;
    const told = new EndpointJournal(journal, random, 'request-reply');
    const ingress = new RequestReplyIngress({
      ...{ clock, executor, deliverer: new Deliverer({ clock, sender }) },
      find: (namespace, name) => this.#find(namespace, name),
      gate: ({ namespace, name }, authorization, event, from) => {
        const stored = this.#informer.get(namespace, name);
        const label = `request-reply/${namespace}/${name}`;
        if (!stored) return { status: 403, reason: `${label} is gone` };
        return access.refusal(RequestReplyType, stored, label, authorization, event, from);
      },
      nonce: () => bytesOf(random, CORRELATION_NONCE_BYTES),
      events: {
        arrived: (of, event, headers) => told.record(of, event, headers, { kind: 'arrived', consumers: ['broker'] }),
        attempt: (of, event, headers, attempt) => told.record(of, event, headers, attemptOf('broker', attempt)),
        answered: (of, event, headers) => told.record(of, event, headers, { kind: 'delivered', consumer: 'broker' }),
        refused: (of, event, headers, { status, reason }) => told.record(of, event, headers, { kind: 'refused', status, reason }),
        lost: (of, event, headers, reason) => told.record(of, event, headers, { kind: 'dropped', consumer: 'broker', reason }),
      },
    });
    this.#secrets = new Informer(cluster, SecretType, clock, log, {
      namespace: NAMESPACE,
      fieldSelector: `metadata.name=${KEYS}`,
    });
    this.#secrets.onChange(({ next }) => this.#keysChanged(next));
    this.#informer = new Informer(cluster, RequestReplyType, clock, log);
    this.#informer.onChange((change) => this.#changed(change));
    door.set(NAMESPACE, SERVICE, (request) => ingress.handle(request));
  }

  async start(): Promise<void> {
    await this.#secrets.start();
    await this.#informer.start();
  }

  stop(): void {
    this.#informer.stop();
    this.#secrets.stop();
    for (const key of [...this.#keys.values()].flat()) key.release();
    this.#keys.clear();
  }

  #find(namespace: string, name: string): RequestReplySpec | undefined {
    const stored = this.#informer.get(namespace, name);
    if (!stored || stored.metadata.deletionTimestamp) return undefined;
    const { spec, status } = setDefaults(stored, this.options.config());
    const trigger = this.options.trigger(namespace, childName(name, '0-1'));
    const { deadLetterSinkUri: uri, deadLetterSinkCACerts: caCerts, deadLetterSinkAudience: audience } = trigger?.status ?? {};
    const deadLetterSink = spec.delivery?.deadLetterSink ? destination({ uri, caCerts, audience }) : undefined;
    return {
      ...{ namespace, name },
      correlationAttribute: spec.correlationAttribute!,
      replyAttribute: spec.replyAttribute!,
      timeoutMs: parseIsoDuration(spec.timeout ?? '') ?? 0,
      policy: policyOf(spec.delivery),
      ...(deadLetterSink ? { deadLetterSink: sentAs(deadLetterSink, namespace, status?.auth) } : {}),
      broker: this.#broker(stored),
      keys: (this.#keys.get(`${namespace}.${name}`) ?? []).map(({ key }) => key),
    };
  }

  /** Where requests go, and as whom; undefined while that is not known. */
  #broker({ metadata: { namespace = '' }, spec, status }: Stored<RequestReply>): Destination | undefined {
    const secured = this.options.config().eventing.features.authenticationOidc;
    const broker = { metadata: { namespace, name: spec.brokerRef.name } };
    const to = destination({
      ...{ uri: status?.annotations?.[BROKER_ADDRESS], caCerts: undefined },
      audience: secured ? audienceOf(BrokerType, { ...broker, apiVersion: '', kind: BrokerType.kind }) : undefined,
    });
    if (!secured || !to) return to;
    return status?.auth ? sentAs(to, namespace, status.auth) : undefined;
  }

  #changed({ previous, next }: Change<RequestReply>): void {
    const present = next && !next.metadata.deletionTimestamp ? next : undefined;
    if (!present) this.options.answers.tell(`request-reply/${keyOf((next ?? previous)!)}`, undefined);
    else if (this.#keys.has(ownerOf(present))) this.#tell(present);
    else this.options.executor.run('key of a request-reply', () => this.#makeKey(present));
  }

  #tell(requestReply: Stored<RequestReply>): void {
    const { generation } = requestReply.metadata;
    this.options.answers.tell(`request-reply/${keyOf(requestReply)}`, { generation });
  }

  /** Adds a key to the Secret; that it is there is news that comes back. Of several at once, those that meet a conflict try again. */
  async #makeKey(requestReply: Stored<RequestReply>): Promise<void> {
    const { cluster, random } = this.options;
    const data = { [`${ownerOf(requestReply)}.key-0`]: bytesOf(random, KEY_BYTES).toString('base64') };
    for (;;) {
      try {
        const known = await cluster.get(SecretType, NAMESPACE, KEYS);
        if (keysIn(known).has(ownerOf(requestReply))) return;
        if (known) {
          const { resourceVersion } = known.metadata;
          await cluster.patch(
            SecretType,
            NAMESPACE,
            KEYS,
            'merge',
            { data },
            { ...(resourceVersion ? { resourceVersion } : {}) },
          );
        } else {
          const metadata = { name: KEYS, namespace: NAMESPACE };
          await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata, data });
        }
        return;
      } catch (error) {
        if (!ClusterError.is(error, 'Conflict') && !ClusterError.is(error, 'AlreadyExists')) throw error;
      }
    }
  }

  #keysChanged(secret: Secret | undefined): void {
    const wanted = keysIn(secret);
    for (const [owner, held] of this.#keys) {
      for (const key of held) if (!wanted.get(owner)?.some(({ text }) => text === key.text)) key.release();
      if (!wanted.has(owner)) this.#keys.delete(owner);
    }
    for (const [owner, keys] of wanted) {
      const before = this.#keys.get(owner) ?? [];
      const now = keys.map((key) => before.find(({ text }) => text === key.text) ?? hold(owner, key));
      this.#keys.set(
        owner,
        now.sort((a, b) => b.index - a.index),
      );
    }
    for (const requestReply of this.#informer.list()) {
      if (this.#keys.has(ownerOf(requestReply))) this.#tell(requestReply);
      // Somebody has deleted its keys: it gets a new one, and replies to what was asked before are not known any more.
      else if (!requestReply.metadata.deletionTimestamp) this.#changed({ previous: requestReply, next: requestReply });
    }
  }
}

const ownerOf = ({ metadata }: Stored<RequestReply>): string => `${metadata.namespace}.${metadata.name}`;

type Key = Omit<HeldKey, 'release'>;

/** The keys of a Secret by their owners. */
function keysIn(secret: Secret | undefined): ReadonlyMap<string, readonly Key[]> {
  const keys = new Map<string, Key[]>();
  for (const [name, text] of Object.entries(secret?.data ?? {})) {
    const [, owner, index] = /^([^.]+\..+)\.key-(\d+)$/.exec(name) ?? [];
    const key = Buffer.from(text, 'base64');
    if (owner === undefined || key.length !== KEY_BYTES) continue;
    keys.set(owner, [...(keys.get(owner) ?? []), { index: Number(index), text, key }]);
  }
  return keys;
}

function hold(owner: string, key: Key): HeldKey {
  const dot = owner.indexOf('.');
  return { ...key, release: holdCorrelationKey(owner.slice(0, dot), owner.slice(dot + 1), key.key) };
}

/** Bytes that nobody can guess; in a test, whose chance repeats, those that come next. */
function bytesOf(random: Random, count: number): Buffer {
  if (random === systemRandom) return randomBytes(count);
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random.next() * 256)));
}
