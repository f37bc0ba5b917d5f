import { INSTALLATION, type KubeObject } from '../../api';
import type { ResolvedPlatform } from '../options';
import { metadataOf } from './labels';

/** The restricted Pod Security standard is enforced, and warned of. */
const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'latest',
  'pod-security.kubernetes.io/warn': 'restricted',
} as const;

/** The namespaces of the platform. */
export function namespaces(platform: ResolvedPlatform): readonly KubeObject[] {
  const { servingNamespace, eventingNamespace } = INSTALLATION;
  return [servingNamespace, ...(platform.eventing ? [eventingNamespace] : [])].map((name) => {
    const metadata = metadataOf(platform, name, 'namespace');
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { ...metadata, labels: { ...metadata.labels, ...RESTRICTED } },
      spec: {},
    };
  });
}
