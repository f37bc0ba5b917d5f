import type { Random } from '../base';
import type { Backend, Lease } from './backend';
import type { Directory } from './directory';
import { type Failures, plainText } from './failure';
import type { HeaderRules } from './forward-headers';
import { lastOfHeaderList, normalizeHost } from './headers';
import type { Inbound, Outbound } from './message';
import { askedHost, namedRevision } from './named-revision';
import type { SplitTarget } from './split';

/** Where a request goes and what is changed on the way. */
export interface Destination {
  readonly backend: Backend;
  readonly rules: HeaderRules;
  /** The place that another gateway was given for the request. */
  readonly placed?: Lease;
}

/** A Service of the cluster by its name, which has no route if it is no Knative one. */
const SERVICE_HOST = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?$/;
const PORT = /:(\d+)$/;

const NOT_BELIEVED =
  'forbidden: nothing is served by this host, and headers that name a revision are believed from an outer ingress alone (knc run --outer-ingress)';

/** How many rewritten hosts are followed from one route to the next: a domain mapping to a service is one. */
const MAX_HOPS = 4;

/** From a request to its backend: host, path and headers to a route, the route's split to a backend. */
export class Resolver {
  constructor(
    private readonly directory: Directory,
    private readonly random: Random,
    private readonly failures: Failures,
  ) {}

  /** @param path the target without its query. Returns the answer itself where the request goes nowhere. */
  resolve(inbound: Inbound, path: string): Destination | Outbound {
    const { routes } = this.directory;
    const named = inbound.peer.outer ? this.#named(inbound) : undefined;
    if (named) return named;
    let host = normalizeHost(inbound.host);
    let { visibility } = inbound;
    const passed: SplitTarget[] = [];
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const route = routes.match(host, path, inbound.headers, visibility);
      if (!route) {
        const backend = visibility === 'internal' ? this.#service(host, hop === 0 ? inbound.host : '') : undefined;
        if (backend) return { backend, rules: toService(inbound.host, undefined, passed) };
        if (visibility === 'internal' && namedRevision(inbound)) return plainText(403, NOT_BELIEVED);
        return this.failures.notFound(host, path, () => routes.hosts(visibility));
      }
      if (route.redirect && visibility === 'external' && askedScheme(inbound) === 'http') return redirect(host, inbound.target);
      const target = route.split.choose(this.random);
      if (!target) return this.failures.answer(503, 'no healthy upstream', () => `the route for ${host}${path} has no backend`);
      passed.push(target);
      const backend = this.directory.backend(target);
      if (backend?.kind === 'revision') return { backend, rules: toRevision(inbound.host, passed) };
      const next = normalizeHost(route.rewriteHost ?? this.directory.externalName(target) ?? '');
      if (!routes.knows(next, 'internal')) {
        if (backend) return { backend, rules: toService(inbound.host, route.rewriteHost, passed) };
        return this.failures.answer(
          503,
          'no healthy upstream',
          () => `there is no service ${target.namespace}/${target.service}`,
        );
      }
      host = next;
      visibility = 'internal';
    }
    return this.failures.answer(508, 'loop detected', () => `${inbound.host} leads from host to host without end`);
  }

  /** Where an ingress in front says that a request goes; undefined if it does not say. */
  #named(inbound: Inbound): Destination | Outbound | undefined {
    const named = namedRevision(inbound);
    if (!named) return undefined;
    if (named === 'unclear') return plainText(400, 'bad request: headers name no single revision');
    const backend = this.directory.served(named.namespace, named.name);
    if (!backend) return this.failures.answer(404, 'not found', () => `there is no revision ${named.namespace}/${named.name}`);
    return { backend, rules: { ...NO_HEADERS, host: askedHost(inbound), originalHost: undefined, toRevision: true } };
  }

  /**
   * A plain Service that is asked for by its name in the cluster; one that is another name for a host elsewhere is not followed.
   * @param asked the host with its port
   */
  #service(host: string, asked: string): Backend | undefined {
    const [, service, namespace] = SERVICE_HOST.exec(host) ?? [];
    if (service === undefined || namespace === undefined) return undefined;
    const port = Number(PORT.exec(asked)?.[1] ?? 80);
    const target: SplitTarget = { ...NO_HEADERS, namespace, service, port, percent: 100 };
    return this.directory.externalName(target) === undefined ? this.directory.backend(target) : undefined;
  }
}

const NO_HEADERS = { setHeaders: [], setNames: new Set<string>() };

/** A revision sees the host that the client asked for. */
function toRevision(host: string, passed: readonly SplitTarget[]): HeaderRules {
  const { setHeaders, setNames } = merged(passed);
  return { host, originalHost: undefined, toRevision: true, setHeaders, setNames };
}

function toService(host: string, rewriteHost: string | undefined, passed: readonly SplitTarget[]): HeaderRules {
  const { setHeaders, setNames } = merged(passed);
  const originalHost = rewriteHost === undefined ? undefined : host;
  return { host: rewriteHost ?? host, originalHost, toRevision: false, setHeaders, setNames };
}

/** The fields that the routes on the way set; the last wins. */
function merged(passed: readonly SplitTarget[]): Pick<HeaderRules, 'setHeaders' | 'setNames'> {
  if (passed.length === 1) return passed[0]!;
  const byName = new Map<string, readonly string[]>();
  for (const { setHeaders } of passed)
    for (let i = 0; i < setHeaders.length; i += 2) byName.set(setHeaders[i]!.toLowerCase(), [setHeaders[i]!, setHeaders[i + 1]!]);
  return { setHeaders: [...byName.values()].flat(), setNames: new Set(byName.keys()) };
}

/** The scheme by which the client asks: a trusted peer may have ended its TLS. */
function askedScheme({ headers, peer, scheme = 'http' }: Inbound): string {
  const said = peer.trusted ? lastOfHeaderList(headers, 'x-forwarded-proto') : undefined;
  return said?.toLowerCase() ?? scheme;
}

function redirect(host: string, target: string): Outbound {
  return plainText(301, 'moved to https', ['Location', `https://${host}${target}`]);
}
