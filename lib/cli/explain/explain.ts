import {
  apiVersionOf,
  ConfigurationType,
  DeploymentType,
  DomainMappingType,
  EventType,
  IngressType,
  type KubeObject,
  nearest,
  PodAutoscalerType,
  PodType,
  type ResourceType,
  RevisionType,
  RouteType,
  ServiceType,
  type Stored,
} from '../../api';
import { KncError } from '../../base';
import { ClusterError } from '../../kube';
import type { HttpCluster } from '../../kube/http';
import type { ScaleStory } from '../../roles/scale-journal';
import { clickableUrl } from '../dev/reachable';
import { eventingTypes } from '../why/why-eventing';
import { World } from '../why/world';
import { findHost } from './find-host';
import type { Question } from './object-reference';
import { serves } from './serves';
import { revisionsToAsk, type Story, storyOf } from './story';

/** Kinds on the way from a host down to its containers, and on that of events. */
const KINDS: readonly ResourceType[] = [
  ServiceType,
  RouteType,
  ConfigurationType,
  RevisionType,
  DomainMappingType,
  IngressType,
  PodAutoscalerType,
  DeploymentType,
  PodType,
  EventType,
  ...eventingTypes,
];

interface Subject {
  readonly object: KubeObject;
  readonly tag?: string;
}

const isOf = (type: ResourceType, { apiVersion, kind }: KubeObject): boolean =>
  kind === type.kind && apiVersion === apiVersionOf(type);

async function missing(cluster: HttpCluster, type: ResourceType, namespace: string, name: string): Promise<KncError> {
  const all = await serves(cluster, type, {});
  const elsewhere = all.find(({ metadata }) => metadata.name === name);
  const here = all.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
  const meant = nearest(name, here);
  const remedy = elsewhere
    ? `There is one in namespace ${elsewhere.metadata.namespace}: add -n ${elsewhere.metadata.namespace}.`
    : meant
      ? `Did you mean ${meant}?`
      : here.length > 0
        ? `There is: ${here.slice(0, 8).join(', ')}${here.length > 8 ? ' and others' : ''}.`
        : `There is no ${type.kind} in namespace ${namespace} at all.`;
  return new KncError('KNC4013', `There is no ${type.kind} ${namespace}/${name}`, { remedy });
}

/** The objects of the kind that is asked about: here a refusal matters. */
async function asked(cluster: HttpCluster, type: ResourceType, namespace: string): Promise<readonly Stored<KubeObject>[]> {
  try {
    return (await cluster.list(type, { namespace })).items;
  } catch (error) {
    if (!ClusterError.is(error, 'NotFound')) throw error;
    throw new KncError('KNC4013', `The cluster does not serve ${type.plural}.${type.group}`, {
      remedy: `Is Knative ${eventingTypes.includes(type) ? 'Eventing' : 'Serving'} installed? \`knc crds | kubectl apply -f -\` installs the kinds.`,
    });
  }
}

/** What the running knc dev says of the scale of revisions; nothing where there is none. */
async function scalesOf(cluster: HttpCluster, namespace: string, revisions: readonly string[]): Promise<Map<string, ScaleStory>> {
  const stories = await Promise.all(
    revisions.map(async (revision) => {
      const path = `/knc/v1/scale/${encodeURIComponent(namespace)}/${encodeURIComponent(revision)}`;
      return [revision, (await cluster.document(path)) as ScaleStory | undefined] as const;
    }),
  );
  return new Map(stories.flatMap(([revision, story]) => (story ? [[revision, story] as const] : [])));
}

/** Where the gateway of the running knc dev listens, as `http://127.0.0.1:8080`; undefined where it does not say. */
async function gatewayOf(cluster: HttpCluster): Promise<string | undefined> {
  const { url } = ((await cluster.document('/knc/v1/gateway')) ?? {}) as { readonly url?: string };
  return url || undefined;
}

/**
 * Answers a question about a cluster. Reads only.
 * @param local a knc dev, which can be asked for the autoscaler's numbers
 * @throws KncError KNC4013 if there is no such object or host
 */
export async function explain(
  cluster: HttpCluster,
  question: Question,
  options: { readonly namespace: string; readonly local: boolean; readonly now: number },
): Promise<Story> {
  const owner = question.host === undefined ? undefined : await findHost(cluster, question.host);
  const namespace = owner?.object.metadata.namespace ?? options.namespace;
  const lists = await Promise.all(
    KINDS.map((type) => (type === question.type ? asked(cluster, type, namespace) : serves(cluster, type, { namespace }))),
  );
  const objects: readonly Stored<KubeObject>[] = lists.flat();
  const world = new World(objects, options.now);
  const subject: Subject | undefined =
    question.host === undefined
      ? subjectOf(objects, question.type, question.name)
      : owner && { ...owner, object: freshOf(owner.object, world) };
  if (!subject)
    throw await missing(cluster, (question as { type: ResourceType }).type, namespace, (question as { name: string }).name);
  const { object, tag } = subject;
  const scales = options.local
    ? await scalesOf(cluster, namespace, revisionsToAsk(object, world, tag))
    : new Map<string, ScaleStory>();
  const gateway = options.local ? await gatewayOf(cluster) : undefined;
  return storyOf(object, world, {
    tag,
    scales,
    local: options.local,
    shownUrl: (url) => (gateway ? clickableUrl(url, gateway) : url),
  });
}

function subjectOf(objects: readonly KubeObject[], type: ResourceType, name: string): Subject | undefined {
  const object = objects.find((one) => isOf(type, one) && one.metadata.name === name);
  return object && { object };
}

/** A Route of a Service is told as the Service. */
function freshOf(object: KubeObject, world: World): KubeObject {
  const { namespace = '', name = '' } = object.metadata;
  const service = object.kind === 'Route' ? world.get<KubeObject>(ServiceType, namespace, name) : undefined;
  return service ?? object;
}
