import {
  type AnnotationKey,
  annotationOf,
  annotations,
  CLUSTER_LOCAL,
  type ConfigMap,
  type Container,
  type ContainerSource,
  type Deployment,
  type DomainMapping,
  type KubeObject,
  labels,
  type PingSource,
  type PodSpec,
  type Revision,
  type Route,
  type Secret,
  type Service,
} from '../../api';

/** `helloworld-go:1.2` of `ghcr.io/knative/helloworld-go:1.2@sha256:…`. */
function shortImage(image: string): string {
  const [named = image] = image.split('@');
  return named.split('/').at(-1) ?? named;
}

const images = (containers: readonly Container[] = []): string[] =>
  containers.flatMap(({ image }) => (image ? [shortImage(image)] : []));

/** `0 – 20 pods`, where the template says so. */
function scale(all: Readonly<Record<string, string>> | undefined): string[] {
  const value = (key: AnnotationKey) => annotationOf(all, key);
  const [min, max, target] = [value(annotations.minScale), value(annotations.maxScale), value(annotations.target)];
  const range = min || (max && max !== '0') ? [`${min ?? 0} – ${max && max !== '0' ? max : '∞'} pods`] : [];
  return [...range, ...(target ? [`target ${target}`] : [])];
}

const isLocal = ({ metadata }: KubeObject): string[] =>
  metadata.labels?.[labels.visibility] === CLUSTER_LOCAL ? ['cluster-local'] : [];

function keys({ data = {}, stringData = {} }: ConfigMap & Pick<Secret, 'stringData'>): string[] {
  const names = Object.keys({ ...data, ...stringData });
  const more = names.length > 3 ? `, +${names.length - 3}` : '';
  return names.length > 0 ? [`${names.slice(0, 3).join(', ')}${more}`] : [];
}

const rules: Readonly<Record<string, (object: never) => string[]>> = {
  'serving.knative.dev/v1/Service': (object: Service) => isLocal(object),
  'serving.knative.dev/v1/Route': (object: Route) => [
    ...isLocal(object),
    ...(object.spec.traffic ?? []).flatMap(({ tag }) => (tag ? [`tag ${tag}`] : [])),
  ],
  'serving.knative.dev/v1/Revision': ({ spec, metadata }: Revision) => [
    ...images(spec.containers),
    ...scale(metadata.annotations),
  ],
  'serving.knative.dev/v1beta1/DomainMapping': ({ spec }: DomainMapping) => (spec.tls ? ['TLS'] : []),
  'apps/v1/Deployment': ({ spec, metadata }: Deployment) =>
    metadata.labels?.[labels.revision] ? [] : [...images(spec.template?.spec?.containers), `${spec.replicas ?? 1} pods`],
  'sources.knative.dev/v1/PingSource': ({ spec }: PingSource) => (spec.schedule ? [spec.schedule] : []),
  'sources.knative.dev/v1/ContainerSource': ({ spec }: ContainerSource) =>
    images((spec.template.spec as PodSpec | undefined)?.containers),
  'v1/ConfigMap': keys,
  'v1/Secret': keys,
};

/** Facts about an object that are worth a line in a picture. */
export function notesOf(object: KubeObject, withTemplate: boolean): string[] {
  const own = rules[`${object.apiVersion}/${object.kind}`]?.(object as never) ?? [];
  const template = (object as Service).spec?.template;
  // Without its revision in the picture, a service says itself what runs.
  return withTemplate && template
    ? [...own, ...images(template.spec?.containers), ...scale(template.metadata?.annotations)]
    : own;
}
