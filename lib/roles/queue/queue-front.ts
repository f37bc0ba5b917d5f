import { Readable } from 'node:stream';
import { QUEUE_SIDECAR } from '../../api/queue-sidecar';
import { type Clock, errorMessage, type Log } from '../../base';
import { Failures, plainText } from '../../gateway/failure';
import { Forwarder } from '../../gateway/forward';
import type { HeaderRules } from '../../gateway/forward-headers';
import { headerValue } from '../../gateway/headers';
import type { HttpFront } from '../../gateway/http-listener';
import type { Inbound, Outbound, UpgradeSocket } from '../../gateway/message';
import type { Destination } from '../../gateway/resolver';
import { framingFault } from '../../gateway/screen';
import type { PodTransport } from '../../gateway/transport/pod-transport';
import { Upgrader, writeOutbound } from '../../gateway/upgrade';
import type { ContainerReadiness } from './container-readiness';
import type { Drainer } from './drainer';
import type { QueueBackend } from './queue-backend';
import type { QueueMetrics } from './queue-metrics';
import { QueueRequest } from './queue-request';

export interface QueueFrontDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly transport: PodTransport;
  readonly backend: QueueBackend;
  readonly readiness: ContainerReadiness;
  readonly drainer: Drainer;
  readonly metrics: QueueMetrics;
}

const PROBE_HEADER = QUEUE_SIDECAR.probeHeader.toLowerCase();
const NO_NAMES: ReadonlySet<string> = new Set();

/** Takes the requests of a pod: probes are answered here, all else goes to the user's container when it has room. */
export class QueueFront implements HttpFront {
  readonly #forwarder: Forwarder;
  readonly #upgrader: Upgrader;
  readonly #upgraded = new Set<UpgradeSocket['socket']>();

  constructor(private readonly deps: QueueFrontDeps) {
    const { clock, transport } = deps;
    const failures = new Failures(false);
    this.#forwarder = new Forwarder({ clock, transport, failures, serverTiming: false, onAnswer: () => {} });
    this.#upgrader = new Upgrader(transport, this.#forwarder);
  }

  /** No host is a part of this process. */
  inner(): undefined {
    return undefined;
  }

  async handle(inbound: Inbound): Promise<Outbound> {
    const refused = await this.#own(inbound);
    if (refused) return refused;
    const { clock, metrics } = this.deps;
    const begin = clock.monotonic();
    const request = this.#request();
    const outbound = await this.#forwarder.forward(asTrusted(inbound), this.#destination(inbound, request));
    request.answered(outbound.status);
    const end = () => metrics.answered(inbound.method, outbound.status, clock.monotonic() - begin);
    if (outbound.body instanceof Readable) outbound.body.once('close', end);
    else end();
    return this.deps.drainer.draining ? lastOnConnection(outbound) : outbound;
  }

  async upgrade(inbound: Inbound, client: UpgradeSocket): Promise<void> {
    try {
      const refused = await this.#own(inbound);
      if (refused) return writeOutbound(client.socket, refused);
      this.#upgraded.add(client.socket);
      client.socket.once('close', () => this.#upgraded.delete(client.socket));
      await this.#upgrader.upgrade(asTrusted(inbound), this.#destination(inbound, this.#request()), client);
    } catch (error) {
      this.deps.log.error('upgrade failed', { error: errorMessage(error) });
      client.socket.destroy();
    }
  }

  /** Ends the connections that have changed their protocol: nobody knows when they would end by themselves. */
  cutUpgraded(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  #request(): QueueRequest {
    const { backend, clock, metrics } = this.deps;
    return new QueueRequest(backend, clock, (status, insideMs) => metrics.invoked(status, insideMs));
  }

  /** What is answered here. */
  async #own({ headers }: Inbound): Promise<Outbound | undefined> {
    const fault = framingFault(headers);
    if (fault) return plainText(400, `bad request: ${fault}`, ['Connection', 'close']);
    const probe = headerValue(headers, PROBE_HEADER);
    const { drainer, readiness } = this.deps;
    const fromKubelet = headerValue(headers, 'user-agent')?.startsWith('kube-probe/');
    if (drainer.draining && (probe !== undefined || fromKubelet)) return plainText(503, 'shutting down');
    if (probe === undefined) {
      drainer.arrived();
      return undefined;
    }
    if (probe !== QUEUE_SIDECAR.probeValue) return plainText(400, `unexpected probe header value: ${probe}`);
    const ready = await readiness.ask();
    if (!ready) return plainText(503, 'the container is not ready');
    return { status: 200, headers: ['Content-Type', 'text/plain'], body: Buffer.from(QUEUE_SIDECAR.probeValue) };
  }

  #destination({ host, headers }: Inbound, backend: QueueRequest): Destination {
    const rules: HeaderRules = {
      // Who has changed the host on the way says what it was.
      host: headerValue(headers, 'k-original-host') || host,
      ...{ originalHost: undefined, setHeaders: [], setNames: NO_NAMES, toRevision: true },
    };
    return { backend, rules };
  }
}

/** Whoever reaches the pod might as well reach the container: what it says of others is passed on. */
const asTrusted = (inbound: Inbound): Inbound => ({ ...inbound, peer: { ...inbound.peer, trusted: true, outer: true } });

/** Clients are to come back on another connection, which leads to another pod. */
const lastOnConnection = (outbound: Outbound): Outbound => ({
  ...outbound,
  headers: [...outbound.headers, 'Connection', 'close'],
});
