import {
  annotationOf,
  annotations,
  type Ingress,
  IngressType,
  type KubeObject,
  keyOf,
  labels,
  type Pod,
  PodType,
  RevisionType,
  ServerlessServiceType,
  type Stored,
} from '../api';
import { Informer } from '../kube';
import type { Backend } from './backend';
import { Certificates } from './certificates';
import { RevisionBackend, type RevisionDeps } from './revision-backend';
import { RouteTable } from './route-table';
import { ServiceDirectory, type ServiceDirectoryDeps } from './service-directory';
import type { SplitTarget } from './split';
import type { Stats } from './stats';

/** The class of the Ingresses that this gateway serves, beside those of no class. */
export const INGRESS_CLASS = 'knc.ingress.networking.knative.dev';

/** What the gateway knows of the cluster: which hosts go where, and what stands behind them. Kept up by informers. */
export class Directory {
  readonly routes = new RouteTable();
  /** Undefined where HTTPS is not served. */
  readonly certificates: Certificates | undefined;
  readonly #revisions = new Map<string, RevisionBackend>();
  readonly #services: ServiceDirectory;
  readonly #ingresses;
  readonly #revisionObjects;
  readonly #sks;
  readonly #pods;

  /** @param onProgrammed called with the namespace and name of each Ingress whose programmed state has changed. */
  constructor(
    private readonly deps: RevisionDeps & ServiceDirectoryDeps & { readonly stats: Stats; readonly https?: boolean },
    private readonly onProgrammed: (namespace: string, name: string) => void,
  ) {
    const { cluster, clock, log } = deps;
    this.certificates = deps.https ? new Certificates(deps, (ingresses) => this.#programmed(ingresses)) : undefined;
    this.#services = new ServiceDirectory(deps);
    this.#ingresses = new Informer(cluster, IngressType, clock, log);
    this.#revisionObjects = new Informer(cluster, RevisionType, clock, log);
    this.#sks = new Informer(cluster, ServerlessServiceType, clock, log);
    this.#pods = new Informer(cluster, PodType, clock, log, { labelSelector: labels.revisionUID });
    this.#ingresses.onChange(({ previous, next }) => this.#ingressChanged(keyOf((next ?? previous)!), next));
    this.#revisionObjects.onChange(({ previous, next }) =>
      this.#changed((next ?? previous)!, (revision) => revision.setRevision(next)),
    );
    this.#sks.onChange(({ previous, next }) =>
      this.#changed((next ?? previous)!, (revision) => revision.setServerlessService(next)),
    );
    deps.shared?.ownership.onChange(() => {
      for (const revision of this.#revisions.values()) revision.ownershipChanged();
    });
    this.#pods.onChange(({ previous, next }) => this.#podChanged((next ?? previous)!, next));
  }

  /** Resolves once everything has been read. Ingresses come last: what is routed has its backends. */
  async start(): Promise<void> {
    await Promise.all([this.#services.start(), this.#revisionObjects.start(), this.#sks.start(), this.#pods.start()]);
    await this.#ingresses.start();
  }

  stop(): void {
    for (const informer of [this.#ingresses, this.#revisionObjects, this.#sks, this.#pods, this.#services]) informer.stop();
    for (const revision of this.#revisions.values()) revision.stop();
    this.certificates?.stop();
  }

  /** What a split points to: the revision of that name, or a plain Service; undefined if there is neither. */
  backend({ namespace, service, port }: SplitTarget): Backend | undefined {
    return this.served(namespace, service) ?? this.#services.get(namespace, service, port);
  }

  /** A revision that takes requests. */
  served(namespace: string, name: string): Backend | undefined {
    return this.#sks.get(namespace, name) && this.#revision(namespace, name);
  }

  /** A revision that is known; for other gateways, which ask for places in its pods. */
  revision(namespace: string, name: string): RevisionBackend | undefined {
    return this.#revisions.get(`${namespace}/${name}`);
  }

  /** The host that a split's Service is another name for, if it is one (type ExternalName). */
  externalName({ namespace, service }: SplitTarget): string | undefined {
    return this.#services.externalName(namespace, service);
  }

  /** Sends no more requests to a pod; resolves when none is inside it, or when the signal aborts. */
  async drained({ metadata }: Stored<Pod>, signal: AbortSignal): Promise<void> {
    const name = metadata.labels?.[labels.revision] ?? '';
    await this.#revisions.get(`${metadata.namespace}/${name}`)?.drained(metadata.uid, signal);
  }

  #ingressChanged(key: string, ingress: Stored<Ingress> | undefined): void {
    const before = this.routes.rivals(key);
    const ours = ingress && isOurs(ingress) && !ingress.metadata.deletionTimestamp;
    if (!(ours ? this.routes.set(ingress) : this.routes.delete(key))) return;
    this.certificates?.set(key, ours ? ingress : undefined);
    this.#programmed(new Set([key, ...before, ...this.routes.rivals(key)]));
  }

  #programmed(ingresses: Iterable<string>): void {
    for (const changed of ingresses) {
      const slash = changed.indexOf('/');
      this.onProgrammed(changed.slice(0, slash), changed.slice(slash + 1));
    }
  }

  #podChanged(pod: Stored<Pod>, next: Stored<Pod> | undefined): void {
    const name = pod.metadata.labels?.[labels.revision];
    if (!name) return;
    this.#update(pod.metadata.namespace ?? '', name, (revision) =>
      next ? revision.setPod(next) : revision.removePod(pod.metadata.uid),
    );
  }

  #changed(object: Stored<KubeObject>, apply: (revision: RevisionBackend) => void): void {
    this.#update(object.metadata.namespace ?? '', object.metadata.name, apply);
  }

  #update(namespace: string, name: string, apply: (revision: RevisionBackend) => void): void {
    const revision = this.#revision(namespace, name);
    apply(revision);
    if (!revision.gone) return;
    revision.stop();
    this.#revisions.delete(`${namespace}/${name}`);
  }

  #revision(namespace: string, name: string): RevisionBackend {
    const key = `${namespace}/${name}`;
    let revision = this.#revisions.get(key);
    if (!revision) {
      revision = new RevisionBackend(namespace, name, this.deps, this.deps.stats.meter(namespace, name));
      this.#revisions.set(key, revision);
    }
    return revision;
  }
}

function isOurs(ingress: Ingress): boolean {
  const ingressClass = annotationOf(ingress.metadata.annotations, annotations.ingressClass);
  return !ingressClass || ingressClass === INGRESS_CLASS;
}
