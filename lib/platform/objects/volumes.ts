import { INSTALLATION, type KubeObject } from '../../api';
import type { ResolvedPlatform } from '../options';
import { metadataOf } from './labels';
import { eventsClaim } from './pod';

/**
 * The volume on which events are kept, if there are any. It is no template of the StatefulSet, which never takes another: so eventing, and
 * a volume, can be added to a platform that there is, and the volume can grow where its class lets it.
 */
export function volumes(platform: ResolvedPlatform): readonly KubeObject[] {
  const { eventing, events, profile } = platform;
  if (!eventing || events === 'memory') return [];
  const [component, namespace] =
    profile === 'small'
      ? (['runtime', INSTALLATION.servingNamespace] as const)
      : (['eventing', INSTALLATION.eventingNamespace] as const);
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadataOf(platform, eventsClaim(component), component, namespace),
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(events.storageClass === undefined ? {} : { storageClassName: events.storageClass }),
        resources: { requests: { storage: events.storage } },
      },
    },
  ];
}
