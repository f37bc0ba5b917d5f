import type { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type Condition,
  conditionOf,
  DomainMappingType,
  findType,
  isPodReady,
  type KResourceStatus,
  type KubeObject,
  labels,
  type Pod,
  PodType,
  parseDuration,
  RouteType,
  readyTypes,
  type ServingConfig,
} from '../../lib/api';
import {
  CountingExecutor,
  errorMessage,
  KncError,
  noLog,
  noMetrics,
  RealClock,
  seededRandom,
  VirtualClock,
} from '../../lib/base';
import { type Journal, jobSinkLabels } from '../../lib/eventing';
import { Informer } from '../../lib/kube';
import { applyObjects, type RunContext } from '../../lib/local';
import { LocalSystem, localServingConfig } from '../../lib/roles';
import { bodyOf, type EventReceiver, type TestEvent, typeOf } from './event';
import { objectsOf } from './objects';
import { type JobEvent, type JobHandler, type JobStub, locate, type ServiceRef, type Stub, type StubHandler } from './stub';

/** A length of time: a Go duration (`'90s'`, `'2m'`, `'1h30m'`) or milliseconds. */
export type TestDuration = string | number;

export interface TestbedOptions {
  /**
   * Which functions stand for the pods of which services, and for the Jobs of which JobSinks. @default every service answers 200 with an
   * empty body, every Job ends well at once
   */
  readonly stubs?: readonly (Stub | JobStub)[];
  /** What varies by chance (which pod, which side of a split) repeats with the same seed. @default 1 */
  readonly seed?: number;
  /** When virtual time begins. @default 2026-01-01T00:00:00Z */
  readonly startTime?: Date;
  /** The installation's settings: those of the laptop with these in their place. @default those of the laptop */
  readonly config?: Partial<ServingConfig>;
}

/** What a request of a Testbed may say besides what `fetch` takes. */
export interface TestRequest extends RequestInit {
  /** Where on the service: path and query. @default '/' */
  readonly path?: string;
  /** The traffic tag by which the service is called: its host is `<tag>-<service>`. @default none */
  readonly tag?: string;
}

/** How long everything may take to become ready, and a request to be answered, in virtual milliseconds. */
const PATIENCE_MS = 15 * 60_000;

/** What does not wait for virtual time (a file being removed, a handler's own I/O) may take this many real milliseconds at the end. */
const REAL_PATIENCE_MS = 2000;
const realTime = new RealClock();

/** How long to wait between two looks at what is not ready, in virtual milliseconds: first, and when it takes long. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 5000;

/**
 * A chart running in this process on a clock that stands still: controllers, autoscaler and gateway are the real ones, pods are
 * functions. `fetch` and `start` move time as far as they need; `advance` moves it as far as you say. Same chart, same
 * seed: same run, to the last event.
 *
 * @example
 * const bed = await Testbed.start(chart, { stubs: [Testbed.stub(hello, () => new Response('hi'))] });
 * await bed.fetch(hello);
 * await bed.advance('2m');
 * expect(bed.replicas(hello)).toBe(0);
 * await bed.stop();
 */
export class Testbed {
  /** Lets a function stand for the pods of a service. @param options.startMs how long a pod takes to start. @default 0 */
  static stub(service: ServiceRef, handler: StubHandler, options: { readonly startMs?: number } = {}): Stub {
    return { service, handler, startMs: options.startMs ?? 0 };
  }

  /** Lets a function stand for the Jobs that a JobSink makes: it gets the event, and has failed when it throws. */
  static job(jobSink: ServiceRef, handler: JobHandler): JobStub {
    return { jobSink, handler };
  }

  /**
   * Starts a chart or an app and waits, in virtual time, until every Knative object in it is ready.
   * @throws KncError KNC1001 if the tree is not valid, KNC3110 if something does not become ready, with the reason
   */
  static async start(scope: App | Chart | Construct, options: TestbedOptions = {}): Promise<Testbed> {
    const faults: unknown[] = [];
    const executor = new CountingExecutor((error) => faults.push(error));
    const clock = new VirtualClock(executor, options.startTime?.getTime());
    const system = await LocalSystem.start({
      ...{ clock, executor, log: noLog, metrics: noMetrics },
      random: seededRandom(options.seed ?? 1),
      config: { ...localServingConfig, ...options.config },
    });
    system.functions.register({ image: '**' }, () => new Response(null));
    const pods = new Informer(system.cluster, PodType, clock, noLog);
    await pods.start();
    const bed = new Testbed(system, clock, pods, faults);
    for (const stub of options.stubs ?? []) {
      if ('jobSink' in stub) bed.job(stub.jobSink, stub.handler);
      else bed.stub(stub.service, stub.handler, { startMs: stub.startMs });
    }
    try {
      await bed.apply(scope);
    } catch (error) {
      await bed.stop();
      throw error;
    }
    return bed;
  }

  #applied: readonly KubeObject[] = [];
  #published = 0;

  private constructor(
    private readonly system: LocalSystem,
    private readonly clock: VirtualClock,
    private readonly pods: Informer<Pod>,
    private readonly faults: unknown[],
  ) {}

  /** The present, in virtual time. */
  get now(): Date {
    return new Date(this.clock.now());
  }

  /** Lets a function stand for the pods of a service that start from now on. */
  stub(service: ServiceRef, handler: StubHandler, options: { readonly startMs?: number } = {}): void {
    const { namespace, name } = locate(service);
    this.system.functions.register({ namespace, service: name }, { handler, startMs: options.startMs ?? 0 });
  }

  /** Lets a function stand for the Jobs of a JobSink that are made from now on. */
  job(jobSink: ServiceRef, handler: JobHandler): void {
    const { namespace, name } = locate(jobSink);
    const run = ({ files, env, ...context }: RunContext) => {
      const text = files.get(`${env['K_EVENT_PATH']}/event`) ?? '{}';
      return handler(JSON.parse(text) as JobEvent, { ...context, env });
    };
    const definition = { handler: () => new Response(null), run };
    this.system.functions.register({ namespace, label: [jobSinkLabels.name, name] }, definition);
  }

  /**
   * Applies another version of the chart: what is new is created, what changed gets a new revision, what is gone is deleted.
   * Waits until everything is ready again.
   * @throws KncError as `start`
   */
  async apply(scope: App | Chart | Construct): Promise<void> {
    const objects = objectsOf(scope);
    const results = await applyObjects(this.system.cluster, objects, { previous: this.#applied });
    const refused = results.filter(({ error }) => error !== undefined);
    if (refused.length > 0) {
      const lines = refused.map(({ object, error }) => `${object.kind} ${object.metadata.name}: ${errorMessage(error)}`);
      throw new KncError('KNC2001', lines.join('\n'));
    }
    this.#applied = objects;
    await this.#drive(this.#ready(), () => this.#notReady().then((why) => new KncError('KNC3110', why)));
  }

  /**
   * Sends a request to a service, or a mapped domain, by its public host, and moves time as far as the answer needs.
   * @throws KncError KNC3111 if there is none within 15 virtual minutes
   */
  fetch(service: ServiceRef, request: TestRequest = {}): Promise<Response> {
    const late = async () =>
      new KncError('KNC3111', `no answer from ${locate(service).name}${request.path ?? '/'} within 15 minutes`);
    return this.#drive(this.send(service, request), late);
  }

  /** Sends a request and leaves time to you: the answer comes while you `advance`, or wait `until` it is there. */
  async send(service: ServiceRef, request: TestRequest = {}): Promise<Response> {
    const { path = '/', tag, ...init } = request;
    const host = await this.#host(service, tag);
    return this.system.gateway.fetch(new Request(new URL(path, `http://${host}`), init));
  }

  /**
   * Sends an event to a broker, a channel, a sequence, a parallel or a JobSink, and moves time until it is taken. What becomes of it is in the
   * `journal`, while you `advance`, or wait `until` something is there.
   * @returns its id
   * @throws KncError KNC3112 if the chart has no such broker, KNC3114 if the event is refused, with the reason
   */
  async publish(to: EventReceiver, event: TestEvent): Promise<string> {
    const id = event.id ?? `event-${++this.#published}`;
    const late = async () => new KncError('KNC3111', `the event ${id} was not taken within 15 minutes`);
    const response = await this.#drive(this.#post(to, event, id), late);
    if (response.status === 202) return id;
    const { namespace, name } = locate(to);
    throw new KncError(
      'KNC3114',
      `${typeOf(to).kind} ${namespace}/${name} refused the event: ${response.status} ${await response.text()}`.trim(),
    );
  }

  /**
   * Sends an event to something that answers it, as a RequestReply and an EventTransform do, and moves time as far as the answer needs.
   * @throws KncError KNC3112 if the chart has nothing of that name that is ready, KNC3111 if there is no answer within 15 virtual minutes
   */
  async ask(to: EventReceiver, event: TestEvent): Promise<Response> {
    const id = event.id ?? `event-${++this.#published}`;
    const late = async () => new KncError('KNC3111', `the event ${id} was not answered within 15 minutes`);
    return this.#drive(this.#post(to, event, id), late);
  }

  /**
   * What happened to every event: which broker or channel it came to, who it was for, each attempt, the end.
   * @example
   * await bed.until(bed.journal.when({ event: id, kind: 'delivered' }));
   */
  get journal(): Journal {
    return this.system.eventing.journal;
  }

  /** Moves time from one timer to the next until `promise` settles. @throws KncError KNC3111 after 15 virtual minutes */
  until<T>(promise: Promise<T>): Promise<T> {
    return this.#drive(promise, async () => new KncError('KNC3111', 'what was waited for did not come within 15 minutes'));
  }

  /** Moves time, and lets everything happen that is due on the way. */
  async advance(duration: TestDuration): Promise<void> {
    await this.clock.advance(milliseconds(duration));
    this.#check();
  }

  /** How many pods of a service, or of one of its revisions, can take requests. */
  replicas(service: ServiceRef, revision?: string): number {
    const { namespace, name } = locate(service);
    const wanted = revision === undefined ? { [labels.service]: name } : { [labels.revision]: revision };
    const [[label, value]] = Object.entries(wanted) as [[string, string]];
    return this.pods.byIndex('namespace', namespace).filter((pod) => isPodReady(pod) && pod.metadata.labels?.[label] === value)
      .length;
  }

  /** An object as it is in the cluster now, or undefined: its status tells what the controllers made of it. */
  get(apiVersion: string, kind: string, ref: ServiceRef): Promise<KubeObject | undefined> {
    const type = findType(apiVersion, kind);
    if (!type) throw new KncError('KNC3112', `no kind ${JSON.stringify(kind)} is served in ${apiVersion}`);
    const { namespace, name } = locate(ref);
    return this.#drive(this.system.cluster.get(type, type.namespaced ? namespace : undefined, name));
  }

  /** The token of a service account for a receiver, where that wants one. */
  #authorization(as: string | undefined, near: string, audience: string | undefined): { readonly authorization?: string } {
    if (as === undefined || !audience) return {};
    const [namespace, name] = as.includes('/') ? as.split('/') : [near, as];
    const account = { namespace: namespace ?? '', name: name ?? '', uid: `${as}-of-a-test` };
    return { authorization: `Bearer ${this.system.tokens.issue({ ...account, audiences: [audience] }).token}` };
  }

  /** Ends every pod and controller. */
  async stop(): Promise<void> {
    this.pods.stop();
    await this.#drive(this.system.stop());
  }

  async #post(to: EventReceiver, event: TestEvent, id: string): Promise<Response> {
    const type = typeOf(to);
    const { namespace, name } = locate(to);
    const receiver = await this.system.cluster.get(type, namespace, name);
    const { address } = (receiver?.status ?? {}) as { readonly address?: { readonly url?: string; readonly audience?: string } };
    if (!address?.url)
      throw new KncError('KNC3112', `the chart has no ${type.kind} ${JSON.stringify(`${namespace}/${name}`)} that is ready`);
    const authorization = this.#authorization(event.as, namespace, address.audience);
    const headers = { 'content-type': 'application/cloudevents+json', ...authorization };
    const request = new Request(address.url, { method: 'POST', headers, body: bodyOf(event, id) });
    return this.system.gateway.fetch(request, { visibility: 'internal' });
  }

  /** The public host of a service, or of one of its tags, as its Route says. */
  async #host(service: ServiceRef, tag: string | undefined): Promise<string> {
    const { namespace, name } = locate(service);
    const route = await this.system.cluster.get(RouteType, namespace, name);
    if (!route && (await this.system.cluster.get(DomainMappingType, namespace, name)) && tag === undefined) return name;
    if (!route) throw new KncError('KNC3112', `the chart has no service ${JSON.stringify(`${namespace}/${name}`)}`);
    const { url, traffic = [] } = route.status ?? {};
    const wanted = tag === undefined ? url : traffic.find((target) => target.tag === tag)?.url;
    if (wanted) return new URL(wanted).host;
    const known = traffic.flatMap((target) => target.tag ?? []).join(', ') || 'none';
    throw new KncError('KNC3112', `service ${name} has no traffic tag ${JSON.stringify(tag)}; its tags: ${known}`);
  }

  /** Moves time from timer to timer until `promise` settles. */
  async #drive<T>(promise: Promise<T>, late?: () => Promise<KncError>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    const end = this.clock.now() + PATIENCE_MS;
    await this.clock.settle();
    for (let idle = 0; !settled; ) {
      const next = this.clock.nextTimer();
      if (next !== undefined && next <= end) await this.clock.advance(next - this.clock.now());
      else if (idle++ < REAL_PATIENCE_MS) await realTime.sleep(1);
      else throw (await late?.()) ?? new KncError('KNC5110', 'virtual time has nothing left to do');
    }
    this.#check();
    return promise;
  }

  /** Resolves when every Knative object that was applied is ready in its present generation. */
  async #ready(): Promise<void> {
    for (let pause = FIRST_LOOK_MS; (await this.#waitingFor()).length > 0; pause = Math.min(pause * 1.1, LAST_LOOK_MS)) {
      await this.clock.sleep(pause);
    }
  }

  async #waitingFor(): Promise<{ readonly object: KubeObject; readonly ready: Condition | undefined }[]> {
    const own = this.#applied.filter(({ apiVersion, kind }) => readyTypes.some((type) => type === findType(apiVersion, kind)));
    const found = await Promise.all(
      own.map(async (object) => {
        const type = findType(object.apiVersion, object.kind)!;
        const stored = await this.system.cluster.get(type, object.metadata.namespace, object.metadata.name ?? '');
        return { object, stored, status: stored?.status as KResourceStatus | undefined };
      }),
    );
    return found
      .map(({ object, stored, status }) => {
        const current = status?.observedGeneration === stored?.metadata.generation;
        return { object, ready: current ? conditionOf(status?.conditions, 'Ready') : undefined };
      })
      .filter(({ ready }) => ready?.status !== 'True');
  }

  async #notReady(): Promise<string> {
    const lines = (await this.#waitingFor()).map(({ object, ready }) => {
      const { reason = 'Unknown', message = '' } = ready ?? {};
      return `${object.kind} ${object.metadata.name} is not ready: ${reason}${message ? `: ${message}` : ''}`;
    });
    return lines.join('\n');
  }

  /** What went wrong in the background is thrown where the test looks. */
  #check(): void {
    const [fault] = this.faults.splice(0);
    if (fault) throw fault;
  }
}

function milliseconds(duration: TestDuration): number {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration);
  if (ms === undefined || !(ms >= 0)) throw new KncError('KNC3113', `${JSON.stringify(duration)} is not a duration`);
  return ms;
}
