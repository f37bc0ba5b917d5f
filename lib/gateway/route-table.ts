import { type Ingress, keyOf, type Stored } from '../api';
import { headerValue, normalizeHost } from './headers';
import { ingressHash } from './ingress-hash';
import type { RawHeaders, Visibility } from './message';
import { Split } from './split';

/** One path of a host: when it applies and where its traffic goes. */
export interface PathRoute {
  /** A literal prefix of the path. */
  readonly path: string;
  /** Fields that must be there with exactly this value; names in lower case. */
  readonly headers: readonly (readonly [name: string, exact: string])[];
  readonly rewriteHost: string | undefined;
  readonly split: Split;
  /** Answer plain HTTP with a redirect to https. */
  readonly redirect: boolean;
  readonly ingress: ProgrammedIngress;
}

/** What the gateway serves of an Ingress now. */
export interface ProgrammedIngress {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  /** What upstream's controllers know this version by; answered to a probe with `K-Network-Hash: override`. */
  readonly hash: string;
}

/** A host that an Ingress asks for and an older one has. */
export interface HostConflict {
  readonly host: string;
  /** `namespace/name` of the Ingress that holds it. */
  readonly heldBy: string;
}

interface HostRoutes {
  readonly external: PathRoute[];
  /** Every route of the host: the internal listener serves public ones too. */
  readonly internal: PathRoute[];
}

interface Claim {
  readonly key: string;
  readonly created: string;
  readonly ingress: ProgrammedIngress;
  readonly hosts: ReadonlyMap<string, HostRoutes>;
}

/**
 * Hosts, paths and headers to splits, as the Ingress objects say. Kept up by one object at a time: a change costs what the
 * object's own hosts cost. Of several Ingresses that name a host the oldest has it.
 */
export class RouteTable {
  readonly #claims = new Map<string, Claim>();
  readonly #hosts = new Map<string, Claim[]>();

  /** Takes an Ingress in, or its new spec. Returns false if nothing that matters here has changed. */
  set(ingress: Stored<Ingress>): boolean {
    const key = keyOf(ingress);
    const previous = this.#claims.get(key);
    const { generation, creationTimestamp } = ingress.metadata;
    if (
      previous &&
      generation !== undefined &&
      previous.ingress.generation === generation &&
      previous.created === creationTimestamp
    )
      return false;
    const claim = compile(ingress, key);
    if (previous) this.#release(previous);
    this.#claims.set(key, claim);
    for (const host of claim.hosts.keys()) {
      const claims = this.#hosts.get(host);
      if (!claims) this.#hosts.set(host, [claim]);
      else {
        claims.push(claim);
        claims.sort((a, b) => compare(a.created, b.created) || compare(a.key, b.key));
      }
    }
    return true;
  }

  /** Forgets an Ingress; hosts that it held go to the next in age. */
  delete(key: string): boolean {
    const claim = this.#claims.get(key);
    if (!claim) return false;
    this.#claims.delete(key);
    this.#release(claim);
    return true;
  }

  /** The route for a request; `host` as `normalizeHost` gives it, `path` without the query. */
  match(host: string, path: string, headers: RawHeaders, visibility: Visibility): PathRoute | undefined {
    const routes = this.#hosts.get(host)?.[0]?.hosts.get(host)?.[visibility];
    if (!routes) return undefined;
    for (const route of routes) {
      if (path.startsWith(route.path) && route.headers.every(([name, exact]) => headerValue(headers, name) === exact))
        return route;
    }
    return undefined;
  }

  /** True if some route of this host is served on that listener. */
  knows(host: string, visibility: Visibility): boolean {
    return (this.#hosts.get(host)?.[0]?.hosts.get(host)?.[visibility].length ?? 0) > 0;
  }

  /** The hosts served on that listener, sorted. */
  hosts(visibility: Visibility): string[] {
    return [...this.#hosts.keys()].filter((host) => this.knows(host, visibility)).sort();
  }

  programmed(key: string): ProgrammedIngress | undefined {
    return this.#claims.get(key)?.ingress;
  }

  /** The hosts that this Ingress asks for and does not get. */
  conflicts(key: string): HostConflict[] {
    const claim = this.#claims.get(key);
    if (!claim) return [];
    return [...claim.hosts.keys()]
      .map((host) => ({ host, heldBy: this.#hosts.get(host)![0]!.key }))
      .filter(({ heldBy }) => heldBy !== key);
  }

  /** The other Ingresses that ask for a host of this one: their conflicts may change with it. */
  rivals(key: string): string[] {
    const rivals = new Set<string>();
    for (const host of this.#claims.get(key)?.hosts.keys() ?? [])
      for (const claim of this.#hosts.get(host) ?? []) if (claim.key !== key) rivals.add(claim.key);
    return [...rivals];
  }

  #release(claim: Claim): void {
    for (const host of claim.hosts.keys()) {
      const rest = this.#hosts.get(host)?.filter((other) => other.key !== claim.key);
      if (rest && rest.length > 0) this.#hosts.set(host, rest);
      else this.#hosts.delete(host);
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compile(object: Stored<Ingress>, key: string): Claim {
  const { namespace = '', name, generation = 0, creationTimestamp } = object.metadata;
  const spec = object.spec ?? {};
  const ingress: ProgrammedIngress = { namespace, name, generation, hash: ingressHash(spec, namespace, name) };
  const hosts = new Map<string, HostRoutes>();
  for (const rule of spec.rules ?? []) {
    const external = rule.visibility !== 'ClusterLocal';
    const redirect = external && spec.httpOption === 'Redirected';
    const routes = (rule.http?.paths ?? []).map(
      (path): PathRoute => ({
        path: path.path ?? '',
        headers: Object.entries(path.headers ?? {}).map(([header, match]) => [header.toLowerCase(), match.exact ?? ''] as const),
        rewriteHost: path.rewriteHost || undefined,
        split: new Split(path.splits ?? [], path.appendHeaders, namespace),
        redirect,
        ingress,
      }),
    );
    const isMapped = routes.some(({ rewriteHost }) => rewriteHost !== undefined);
    const alias = !external ? undefined : isMapped ? mappedAlias : serviceAlias(namespace);
    for (const host of (rule.hosts ?? []).map(normalizeHost).flatMap((host) => [host, ...(alias?.(host) ?? [])])) {
      let entry = hosts.get(host);
      if (!entry) {
        entry = { external: [], internal: [] };
        hosts.set(host, entry);
      }
      entry.internal.push(...routes);
      if (external) entry.external.push(...routes);
    }
  }
  for (const { external, internal } of hosts.values()) {
    external.sort(bySpecificity);
    internal.sort(bySpecificity);
  }
  return { key, created: creationTimestamp, ingress, hosts };
}

/** Longest path first; of equal ones, the one that asks for more headers. */
function bySpecificity(a: PathRoute, b: PathRoute): number {
  return b.path.length - a.path.length || b.headers.length - a.headers.length;
}

const LOCALHOST = '.localhost';

/** A public host `<x>.<namespace>.<domain>` also answers as `<x>.<namespace>.localhost`, which browsers resolve without DNS. */
function serviceAlias(namespace: string): (host: string) => string[] {
  return (host) => {
    const [first, second, third] = host.split('.', 3);
    const alias = `${first}.${namespace}${LOCALHOST}`;
    return second === namespace && third && alias !== host ? [alias] : [];
  };
}

/** A domain that is mapped to a service also answers as `<domain>.localhost`. */
const mappedAlias = (host: string): string[] => (host.endsWith(LOCALHOST) ? [] : [host + LOCALHOST]);
