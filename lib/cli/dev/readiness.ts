import { type KubeObject, labels, type Pod, PodType, type ResourceType } from '../../api';
import { type ErrorCode, errorTable } from '../../base';
import type { Problem } from '../output/problem';
import { missingObjectRemedy } from '../why/missing-object';
import { podTrouble } from '../why/pod-trouble';
import { why } from '../why/why';
import { causes, causeText, type WhyNode, whyNode } from '../why/why-node';
import type { World } from '../why/world';
import type { Reachable } from './dev-events';
import { reachable } from './reachable';

/** Something that was applied and must become ready. */
export interface Target {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly source: string;
  /** The generation that applying gave it: what is said about an older one does not count. */
  readonly generation: number;
}

/** Something that will not become ready by itself. */
export interface Failure {
  /** The same for the same failure of the same thing, however often it happens. */
  readonly key: string;
  readonly problem: Problem;
  /** Only an edit will help. */
  readonly final: boolean;
}

/** How things stand. */
export interface Readiness {
  readonly pending: readonly WhyNode[];
  readonly failures: readonly Failure[];
  /** Services, routes and domains among the targets that are ready. */
  readonly reachable: readonly Reachable[];
  /** Some pod is neither ready nor being deleted, so time alone may change the picture. */
  readonly unsettled: boolean;
}

function whyTarget({ type, object, generation }: Target, world: World): WhyNode {
  const { namespace = '', name = '' } = object.metadata;
  const current = world.get(type, namespace, name);
  const seen = current !== undefined && (current.metadata.generation ?? 0) >= generation;
  return seen ? why(current, world) : whyNode(object, { state: 'waiting', reason: 'Reconciling' }, []);
}

function failureOf(
  chain: readonly WhyNode[],
  where: string,
  about: Pick<Target, 'source' | 'generation'> | undefined,
  world: World,
): Failure {
  const cause = chain.at(-1)!;
  const code: ErrorCode = [...chain].reverse().find((link) => link.code !== undefined)?.code ?? 'KNC3100';
  const { title } = errorTable[code];
  const remedy = missingObjectRemedy(cause, world) ?? errorTable[code].remedy;
  const revision = chain.find(({ kind }) => kind === 'Revision')?.name ?? '';
  const entry = { where, ...(about ? { source: about.source } : {}), messages: [{ text: causeText(cause) }] };
  return {
    key: `${where} ${about?.generation ?? ''} ${revision} ${code}`,
    problem: { code, title, entries: [entry], remedy, unavailable: false },
    final: cause.final === true,
  };
}

/** Failing pods of things that count as ready: a service scaled from zero may fail while its conditions still say True. */
function podFailures(world: World, blamed: ReadonlySet<string>): Failure[] {
  const failing = world
    .all(PodType)
    .filter((pod) => !pod.metadata.deletionTimestamp && podTrouble(pod, world).state === 'failed');
  const one = new Map<string, Pod>(); // of each revision: the others fail alike
  for (const pod of failing) {
    const { namespace, name, labels: all = {} } = pod.metadata;
    const owner = all[labels.revision] ?? name ?? '';
    if (!blamed.has(`${namespace}/${owner}`)) one.set(`${namespace}/${owner}`, pod);
  }
  return [...one.values()].map((pod) => {
    const { namespace, labels: all = {}, name } = pod.metadata;
    const service = all[labels.service];
    const where = service ? `Service ${namespace}/${service}` : `Pod ${namespace}/${name}`;
    return failureOf([why(pod, world)], where, undefined, world);
  });
}

/** Looks at everything that was applied. Pure. */
export function readiness(targets: readonly Target[], world: World, gateway: string): Readiness {
  const looked = targets.map((target) => ({ target, node: whyTarget(target, world) }));
  const pending = looked.filter(({ node }) => node.state !== 'ready');
  const failed = pending
    .filter(({ node }) => node.state === 'failed')
    .map(({ node, target }) => ({ target, chain: causes(node) }));
  const blamed = new Set(failed.flatMap(({ chain }) => chain.map(({ namespace, name }) => `${namespace}/${name}`)));
  const failures = failed.map(({ target, chain: [top, ...rest] }) =>
    failureOf([top!, ...rest], `${top!.kind} ${top!.namespace}/${top!.name}`, target, world),
  );
  const ready = looked
    .filter(({ node }) => node.state === 'ready')
    .map(({ target: { type, object } }) => {
      const current = world.get(type, object.metadata.namespace ?? '', object.metadata.name ?? '');
      return current && reachable(current, gateway, world);
    });
  const coming = world.all(PodType).some((pod) => !pod.metadata.deletionTimestamp && podTrouble(pod, world).state !== 'ready');
  return {
    pending: pending.map(({ node }) => node),
    failures: [...failures, ...podFailures(world, blamed)],
    reachable: ready.filter((one) => one !== undefined),
    unsettled: coming,
  };
}
