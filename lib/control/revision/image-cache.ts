import {
  childName,
  controllerRef,
  type KubeObject,
  type Revision,
  type RevisionContainerStatus,
  resourceType,
  type Stored,
} from '../../api';
import { childLabels, workloadAnnotations } from './metadata';

/** A request to keep an image near the nodes (caching.internal.knative.dev); only where something serves the kind. */
export const ImageType = resourceType<KubeObject>('caching.internal.knative.dev/v1alpha1', 'Image', 'images', {
  shortNames: ['img'],
  categories: ['knative-internal', 'caching'],
});

/** One Image for every container of a revision whose image has been resolved. */
export function makeImageCaches(revision: Stored<Revision>, statuses: readonly RevisionContainerStatus[]): KubeObject[] {
  const { serviceAccountName, imagePullSecrets } = revision.spec;
  return statuses.map(({ name, imageDigest }) => ({
    apiVersion: 'caching.internal.knative.dev/v1alpha1',
    kind: 'Image',
    metadata: {
      name: childName(childName(revision.metadata.name, '-cache'), `-${name}`),
      namespace: revision.metadata.namespace,
      labels: childLabels(revision),
      annotations: workloadAnnotations(revision),
      ownerReferences: [controllerRef(revision)],
    },
    spec: {
      image: imageDigest,
      ...(serviceAccountName ? { serviceAccountName } : {}),
      ...(imagePullSecrets ? { imagePullSecrets } : {}),
    },
  }));
}
