import { ApiObject, type ApiObjectProps } from 'cdk8s';
import { Namespace, ServiceAccount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { KubeObject } from '../../lib/api';

/** One object of a platform: what other constructs of cdk8s-plus take is one of them, all else is a plain ApiObject. */
export type PlatformConstruct = Namespace | ServiceAccount | ApiObject;

/** `kind/namespace/name`, by which an object is known within a platform. */
export const objectKey = (kind: string, name: string, namespace?: string): string =>
  [kind, namespace, name].filter((part) => part !== undefined).join('/');

/**
 * Makes a construct of an object. Those of cdk8s-plus drop what is empty (a domain of config-domain) and fields that their version of
 * Kubernetes did not know, patches among them: only accounts and namespaces, which other constructs take, are made with it.
 */
export function platformConstruct(scope: Construct, object: KubeObject): PlatformConstruct {
  const { kind, metadata } = object;
  const id = objectKey(kind, metadata.name ?? '', metadata.namespace).replaceAll('/', '-');
  const { name, namespace, labels } = metadata;
  const own = { ...(name && { name }), ...(namespace && { namespace }), labels: { ...labels } };
  switch (kind) {
    case 'Namespace':
      return new Namespace(scope, id, { metadata: own });
    case 'ServiceAccount':
      return new ServiceAccount(scope, id, { metadata: own, automountToken: false });
    default:
      return new ApiObject(scope, id, object as ApiObjectProps);
  }
}
