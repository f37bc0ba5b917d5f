import {
  annotationOf,
  annotations,
  CANNOT_START,
  conditionOf,
  isDeparting,
  isPodReady,
  type Pod,
  podAddress,
  queuePortOf,
  type Revision,
  type ServerlessService,
  type Stored,
} from '../api';
import type { Clock, Executor, Random, Timer } from '../base';
import type { Activator } from './activate';
import type { Backend, Claim, Lease, Timeouts } from './backend';
import { Breaker, BreakerError } from './breaker';
import { CannotStartError, type Obstacle } from './obstacle';
import { isRemote, type Place, RevisionSharing, type Shared } from './ownership/sharing';
import { PodSlot, type SlotEvents } from './pod-slot';
import { type ServingContainer, servingContainer } from './probe';
import type { Meter } from './stats';
import type { PodTransport } from './transport';

/** A revision's request timeout where it has none (config-defaults, revision-timeout-seconds). */
const DEFAULT_TIMEOUT_SECONDS = 300;

/** For whoever waits as long as it takes, in milliseconds: a day. */
const FOR_LONG_MS = 86_400_000;

/** How often the Deployment is looked at again while requests wait and no pod comes. */
const REACTIVATE_MS = 1000;

/** What all revisions of a gateway share. */
export interface RevisionDeps {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly transport: PodTransport;
  readonly activator: Activator;
  readonly maxPending?: number;
  readonly maxPendingBytes?: number;
  /** Where there are other gateways. @default every pod is this gateway's */
  readonly shared?: Shared;
}

/** A revision as the gateway sees it: its pods, the requests that wait for them, and its limits. */
export class RevisionBackend implements Backend {
  readonly kind = 'revision';
  readonly title: string;
  readonly labels: Backend['labels'];
  timeouts: Timeouts = toTimeouts(undefined);
  readonly #pods = new Map<string, PodSlot>();
  readonly #breaker: Breaker<Place>;
  readonly #sharing: RevisionSharing | undefined;
  readonly #slotEvents: SlotEvents = {
    changed: () => this.#refresh(),
    released: (slot) => this.#left(slot),
  };
  /** Requests at once in one pod; 0 means no limit. */
  #limit = 0;
  #container: ServingContainer = servingContainer(undefined);
  #revision: Stored<Revision> | undefined;
  #sks: Stored<ServerlessService> | undefined;
  #usable: readonly PodSlot[] = [];
  #recheck: Timer | undefined;

  constructor(
    readonly namespace: string,
    readonly name: string,
    private readonly deps: RevisionDeps,
    private readonly meter: Meter,
  ) {
    this.title = `revision ${namespace}/${name}`;
    this.labels = { namespace, revision: name };
    this.#breaker = new Breaker({ ...deps, concurrency: 0 });
    const { shared } = deps;
    this.#sharing = shared && new RevisionSharing(this.labels, shared, this.#breaker, () => this.#capacity());
  }

  /** True once none of the revision's objects is left. */
  get gone(): boolean {
    return !this.#revision && !this.#sks && this.#pods.size === 0;
  }

  /** Requests that wait for a pod. */
  get pending(): number {
    return this.#breaker.pending;
  }

  setRevision(revision: Stored<Revision> | undefined): void {
    const sameSpec = this.#revision?.metadata.uid === revision?.metadata.uid;
    this.#revision = revision;
    if (sameSpec) return;
    this.timeouts = toTimeouts(revision);
    this.#container = servingContainer(revision);
    // What is inside counts to its end.
    if (revision) this.#limit = revision.spec.containerConcurrency ?? 0;
    this.#breaker.setConcurrency(this.#limit);
    for (const slot of this.#pods.values()) this.#place(slot);
  }

  setServerlessService(sks: Stored<ServerlessService> | undefined): void {
    this.#sks = sks;
    if (sks && this.pending > 0) this.#activateIfEmpty();
  }

  /** Takes a pod in, or what has changed of it. */
  setPod(pod: Stored<Pod>): void {
    let slot = this.#pods.get(pod.metadata.uid);
    if (!slot) {
      slot = new PodSlot(pod.metadata.name, this.deps, this.#slotEvents);
      this.#pods.set(pod.metadata.uid, slot);
    }
    slot.pod = pod;
    this.#place(slot);
    if (pod.metadata.deletionTimestamp) this.#activateIfEmpty();
    this.#refuseIfHopeless();
  }

  removePod(uid: string): void {
    const slot = this.#pods.get(uid);
    if (!slot) return;
    this.#pods.delete(uid);
    this.deps.shared?.ownership.forget(uid);
    slot.retire();
    this.#refresh();
    this.#activateIfEmpty();
    this.#refuseIfHopeless();
  }

  /** Sends no more requests to a pod; resolves when none is inside it, or when the signal aborts. */
  async drained(uid: string, signal: AbortSignal): Promise<void> {
    const slot = this.#pods.get(uid);
    if (!slot) return;
    slot.end();
    this.#refresh();
    await slot.empty(signal);
  }

  /** Stops probes and timers; requests inside pods go on. */
  stop(): void {
    this.#recheck?.cancel();
    for (const slot of this.#pods.values()) slot.retire();
    this.#refresh();
  }

  enter(): void {
    this.meter.arrived();
  }

  leave(): void {
    this.meter.left();
  }

  acquire(claim: Claim): Lease | Promise<Lease> {
    if (claim.signal.aborted) throw new BreakerError('aborted');
    const place = claim.again ? undefined : this.#breaker.tryAcquire();
    return place && this.#mayUse(place) ? this.#lease(place, claim.arrivedAt, false) : this.#queue(claim, place);
  }

  /** A place in one of this gateway's pods for a request that another gateway has; however long it takes. */
  async reserve(signal: AbortSignal): Promise<Lease> {
    for (;;) {
      const place = await this.#breaker.acquire({ bytes: 0, timeoutMs: FOR_LONG_MS, signal, slotsOnly: true });
      if (!signal.aborted && this.#mayUse(place)) return this.#lease(place, this.deps.clock.monotonic(), false);
      this.#release(place);
      signal.throwIfAborted();
    }
  }

  /** For requests that another gateway has counted. */
  get uncounted(): Backend {
    const { kind, title, labels, timeouts } = this;
    const acquire = (claim: Claim) => this.acquire(claim);
    return { ...{ kind, title, labels, timeouts, acquire }, enter() {}, leave() {}, trouble: () => this.trouble() };
  }

  /** Other pods belong to this gateway than before. */
  ownershipChanged(): void {
    if (!this.#limited) return;
    this.#refresh();
    this.#sharing?.ask();
  }

  trouble(): string | undefined {
    const ready = this.#revision?.status?.conditions?.find(({ type }) => type === 'Ready');
    if (!this.#revision) return 'the revision does not exist';
    if (ready?.status === 'False') return `${ready.reason ?? 'not ready'}: ${ready.message ?? ''}`.trimEnd();
    if (this.#usable.length > 0) return undefined;
    if (this.#limited && [...this.#pods.values()].some(({ usable }) => usable)) return 'its pods are for other gateways to fill';
    return this.#livePods() === 0 ? 'it has no pod' : 'none of its pods answers yet';
  }

  async #queue(claim: Claim, unusable: Place | undefined): Promise<Lease> {
    const cold = this.#usable.length === 0 && !claim.again;
    let place = unusable ?? (await this.#wait(claim));
    while (!this.#mayUse(place)) {
      // The pod was given up between the grant and this line.
      this.#release(place);
      place = await this.#wait({ ...claim, again: true });
    }
    return this.#lease(place, claim.arrivedAt, cold);
  }

  get #limited(): boolean {
    return this.#sharing !== undefined && this.#limit > 0;
  }

  #admits(slot: PodSlot): boolean {
    return !this.#limited || this.#sharing!.admits(slot.pod!.metadata.uid);
  }

  #mayUse(place: Place): boolean {
    return isRemote(place) || (place.usable && this.#admits(place));
  }

  #lease(place: Place, arrivedAt: number, cold: boolean): Lease {
    if (isRemote(place)) return place.lease(this.#container.protocol, () => this.#breaker.release(place));
    if (this.#limited) this.#sharing!.enter(place.pod!.metadata.uid);
    return place.lease(arrivedAt, cold);
  }

  /** A request that had a lease has left. */
  #left(slot: PodSlot): void {
    if (this.#limited) this.#sharing!.leave(slot.pod!.metadata.uid);
    this.#release(slot);
  }

  #capacity(): { readonly uids: readonly string[]; readonly limit: number } {
    const live = [...this.#pods.values()].filter(({ pod }) => isLive(pod));
    return { uids: live.map(({ pod }) => pod!.metadata.uid), limit: this.#limit };
  }

  async #wait(claim: Claim): Promise<Place> {
    const obstacle = this.#obstacle();
    if (obstacle) throw new CannotStartError(obstacle);
    const limits = Object.values(this.timeouts).filter((limit) => limit > 0);
    const waited = this.deps.clock.monotonic() - claim.arrivedAt;
    const granted = this.#breaker.acquire({
      bytes: claim.bytes,
      signal: claim.signal,
      timeoutMs: Math.max(0, Math.min(...limits) - waited),
      ...(claim.again ? { front: true } : {}),
    });
    this.#activateIfEmpty();
    const asks = this.#limited ? this.#sharing : undefined;
    asks?.ask();
    const place = await granted.finally(() => asks?.ask());
    if (!claim.signal.aborted) return place;
    this.#release(place);
    throw new BreakerError('aborted');
  }

  /** Gives up a place that was granted. */
  #release(place: Place): void {
    this.#breaker.release(place);
    if (isRemote(place)) place.giveBack();
    else place.left();
  }

  #place(slot: PodSlot): void {
    const { port, protocol, probe, queueProbe, probeTimeoutSeconds } = this.#container;
    const pod = slot.pod!;
    // Through the sidecar where there is one: its limit is that of the pod, whoever else sends requests there.
    const queuePort = queuePortOf(pod.spec);
    const address = this.#revision && !isDeparting(pod) ? podAddress(pod, queuePort ?? port) : undefined;
    const asked = queuePort === undefined ? probe : queueProbe;
    slot.update(address && { ...address, protocol }, isPodReady(pod), asked, probeTimeoutSeconds);
    this.#refresh();
    if (this.#limited && this.pending > 0) this.#sharing!.ask();
  }

  #refresh(): void {
    const usable = [...this.#pods.values()]
      .filter((slot) => slot.usable && this.#admits(slot))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const same = usable.length === this.#usable.length && usable.every((slot, i) => slot === this.#usable[i]);
    if (same) return;
    this.#usable = usable;
    this.#breaker.setSlots(usable);
  }

  #livePods(): number {
    let live = 0;
    for (const { pod } of this.#pods.values()) if (isLive(pod)) live++;
    return live;
  }

  /** Why waiting would be in vain: there are pods, and none of them can start unless somebody changes something. */
  #obstacle(): Obstacle | undefined {
    if (this.#usable.length > 0) return undefined;
    let found: Obstacle | undefined;
    for (const { pod } of this.#pods.values()) {
      if (!isLive(pod)) continue;
      const condition = conditionOf(pod?.status?.conditions, CANNOT_START);
      if (condition?.status !== 'True') return undefined;
      found ??= { reason: condition.reason ?? '', message: condition.message ?? '' };
    }
    return found;
  }

  #refuseIfHopeless(): void {
    const obstacle = this.pending > 0 ? this.#obstacle() : undefined;
    if (obstacle) this.#breaker.refuseAll(new CannotStartError(obstacle));
  }

  /** Asks for pods if requests wait and none is there or on its way; looks again for as long as that is so. */
  #activateIfEmpty(): void {
    if (this.pending === 0 || this.#recheck || this.#livePods() > 0) return;
    this.#recheck = this.deps.clock.after(REACTIVATE_MS, () => {
      this.#recheck = undefined;
      this.#activateIfEmpty();
    });
    const deployment = this.#sks?.spec.objectRef;
    if (deployment?.kind !== 'Deployment' || !deployment.name) return;
    const scale = this.#annotation(annotations.activationScale);
    void this.deps.activator.raise(this.namespace, deployment.name, Math.max(1, Number(scale) || 1));
  }

  #annotation(key: (typeof annotations)['activationScale']): string | undefined {
    return annotationOf(this.#revision?.metadata.annotations, key) ?? annotationOf(this.#sks?.metadata.annotations, key);
  }
}

function isLive(pod: Pod | undefined): boolean {
  return pod !== undefined && !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Failed';
}

function toTimeouts(revision: Revision | undefined): Timeouts {
  const { timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds } = revision?.spec ?? {};
  return {
    total: (timeoutSeconds || DEFAULT_TIMEOUT_SECONDS) * 1000,
    responseStart: (responseStartTimeoutSeconds ?? 0) * 1000,
    idle: (idleTimeoutSeconds ?? 0) * 1000,
  };
}
