import { childName, type EventTransform, EventTransformType, keyOf, type Stored } from '../../api';
import { errorMessage } from '../../base';
import { type Destination, JsonataError, JsonataWorker, TransformIngress, type TransformSpec } from '../../eventing';
import { type Change, Informer } from '../../kube';
import { destination } from './consumer-specs';
import { EndpointJournal } from './endpoint-journal';
import type { EndpointsOptions } from './endpoints';
import { sentAs } from './sent-as';

/** Transformations are reached by Services of their own. */
const SERVICE_SUFFIX = '-jsonata';

interface Known {
  /** The expressions, as text: they are checked when they change. */
  readonly expressions: string;
  readonly worker: JsonataWorker;
  /** Undefined: they are being checked. */
  verdict: { readonly problem?: string } | undefined;
}

/** Makes the EventTransforms of a cluster work in this process. */
export class EventTransforms {
  readonly #informer: Informer<EventTransform>;
  readonly #ingress: TransformIngress;
  readonly #known = new Map<string, Known>();

  constructor(private readonly options: EndpointsOptions) {
    const { cluster, clock, executor, log, journal, random, sender } = options;
    const told = new EndpointJournal(journal, random, 'event-transform');
    const consumer = ({ sink }: TransformSpec) => (sink ? 'sink' : 'reply');
    this.#ingress = new TransformIngress({
      ...{ executor, sender },
      events: {
        arrived: (of, event, headers) => told.record(of, event, headers, { kind: 'arrived', consumers: [consumer(of)] }),
        sent: (of, event, headers, status, reason) =>
          told.record(of, event, headers, {
            ...{ kind: 'attempt', consumer: 'sink', role: 'subscriber', url: of.sink?.url ?? '', attempt: 1, status },
            ...(reason === undefined ? {} : { reason }),
          }),
        done: (of, event, headers) => told.record(of, event, headers, { kind: 'delivered', consumer: consumer(of) }),
        failed: (of, event, headers, reason) =>
          told.record(of, event, headers, { kind: 'dropped', consumer: consumer(of), reason }),
      },
    });
    this.#informer = new Informer(cluster, EventTransformType, clock, log);
    this.#informer.onChange((change) => this.#changed(change));
  }

  start(): Promise<void> {
    return this.#informer.start();
  }

  async stop(): Promise<void> {
    this.#informer.stop();
    await Promise.all([...this.#known.values()].map(({ worker }) => worker.close()));
  }

  #changed({ previous, next }: Change<EventTransform>): void {
    const transform = (next ?? previous)!;
    const { namespace = '', name, generation } = transform.metadata;
    const key = keyOf(transform);
    const service = childName(name, SERVICE_SUFFIX);
    if (!next || next.metadata.deletionTimestamp) {
      this.options.door.set(namespace, service, undefined);
      this.options.door.await(namespace, service, false);
      this.options.answers.tell(`event-transform/${key}`, undefined);
      this.#forget(key);
      return;
    }
    const known = this.#workerOf(key, next);
    if (known.verdict === undefined) {
      if (!this.options.door.has(namespace, service)) this.options.door.await(namespace, service, true);
      return; // told when they have been checked
    }
    this.options.door.await(namespace, service, false);
    const { problem } = known.verdict;
    this.options.answers.tell(`event-transform/${key}`, { generation, ...(problem === undefined ? {} : { problem }) });
    const spec = problem === undefined ? this.#specOf(next, known.worker) : undefined;
    if (spec) this.options.door.set(namespace, service, (request) => this.#ingress.handle(spec, request));
  }

  /** The worker of a transformation; a new one, which checks them, when its expressions have changed. */
  #workerOf(key: string, { spec }: EventTransform): Known {
    const all = [spec.jsonata?.expression ?? '', spec.reply?.jsonata?.expression].filter((one) => one !== undefined);
    const expressions = JSON.stringify(all);
    const known = this.#known.get(key);
    if (known?.expressions === expressions) return known;
    this.#forget(key);
    const worker = new JsonataWorker(this.options.clock);
    const fresh: Known = { expressions, worker, verdict: undefined };
    this.#known.set(key, fresh);
    this.options.executor.run(`check ${key}`, async () => {
      fresh.verdict = await verdictOf(worker, all);
      const [namespace = '', name = ''] = key.split('/');
      const present = this.#informer.get(namespace, name);
      if (this.#known.get(key) === fresh && present) this.#changed({ previous: present, next: present });
    });
    return fresh;
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    this.#known.delete(key);
    if (known) this.options.executor.run('end of an expression', () => known.worker.close());
  }

  /** Undefined while its sink is not known: then events go where they went before. */
  #specOf(transform: Stored<EventTransform>, worker: JsonataWorker): TransformSpec | undefined {
    const { metadata, spec, status = {} } = transform;
    const { namespace = '', name } = metadata;
    const { access } = this.options;
    const to = destination({ uri: status.sinkUri, caCerts: status.sinkCACerts, audience: status.sinkAudience });
    if (spec.sink && !to) return undefined;
    const sink: Destination | undefined = spec.sink && to ? sentAs(to, namespace, status.auth) : undefined;
    const { jsonata, discard } = spec.reply ?? {};
    return {
      ...{ namespace, name, worker, expression: spec.jsonata?.expression ?? '' },
      ...(sink ? { sink } : {}),
      ...(discard ? { reply: 'discard' } : jsonata?.expression ? { reply: { expression: jsonata.expression } } : {}),
      gate: (authorization, event, from) =>
        access.refusal(EventTransformType, transform, `event-transform/${keyOf(transform)}`, authorization, event, from),
    };
  }
}

async function verdictOf(worker: JsonataWorker, expressions: readonly string[]): Promise<{ readonly problem?: string }> {
  for (const [i, expression] of expressions.entries()) {
    try {
      await worker.check(expression);
    } catch (error) {
      if (!(error instanceof JsonataError)) throw error;
      const field = i === 0 ? 'spec.jsonata.expression' : 'spec.reply.jsonata.expression';
      return { problem: `${field} cannot be parsed: ${errorMessage(error)}` };
    }
  }
  return {};
}
