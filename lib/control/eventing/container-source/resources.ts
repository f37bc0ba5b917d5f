import {
  type ContainerSource,
  childName,
  controllerRef,
  type Deployment,
  type PodSpec,
  type PodTemplateSpec,
  type SinkBinding,
  type Stored,
} from '../../../api';
import { type Binding, boundSpec } from '../sink-binding';

export const deploymentName = (source: ContainerSource): string => childName(source.metadata.name ?? '', '-deployment');
export const sinkBindingName = (source: ContainerSource): string => childName(source.metadata.name ?? '', '-sinkbinding');

/** The binding that tells the source's pods where to send. */
export function makeSinkBinding(source: Stored<ContainerSource>): SinkBinding {
  const { namespace } = source.metadata;
  const { sink, ceOverrides } = source.spec;
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'SinkBinding',
    metadata: { name: sinkBindingName(source), namespace, ownerReferences: [controllerRef(source)] },
    spec: {
      sink,
      ...(ceOverrides ? { ceOverrides } : {}),
      subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: deploymentName(source) },
    },
  };
}

/**
 * What runs the source's container, told already where to send.
 * @param existing the one that there is: which pods are its own cannot be changed
 */
export function makeDeployment(
  source: Stored<ContainerSource>,
  binding: Binding,
  existing: Stored<Deployment> | undefined,
): Deployment {
  const { namespace, name } = source.metadata;
  const template = source.spec.template as unknown as { readonly metadata?: PodTemplateSpec['metadata']; readonly spec: PodSpec };
  const labels = {
    ...template.metadata?.labels,
    'sources.knative.dev/source': 'container-source-controller',
    'sources.knative.dev/containerSource': name,
  };
  const annotations = template.metadata?.annotations;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...{ name: deploymentName(source), namespace, labels },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerRef(source)],
    },
    spec: {
      selector: existing?.spec.selector ?? { matchLabels: labels },
      template: { metadata: { ...template.metadata, labels }, spec: boundSpec(template.spec, binding) },
    },
  };
}
