import { defaultServingConfig, type KubeObject, type ObjectMeta, type ServingConfig, type Stored } from '../../../../../lib/api';
import { stored } from '../../support/objects';

export const config: ServingConfig = defaultServingConfig;

const features = (change: Partial<ServingConfig['eventing']['features']>): ServingConfig => ({
  ...config,
  eventing: { ...config.eventing, features: { ...config.eventing.features, ...change } },
});

/** An installation that wants tokens and policies. */
export const withOidc = features({ authenticationOidc: true });
/** An installation that lets triggers and subscriptions name what is in another namespace. */
export const linked = features({ crossNamespaceEventLinks: true });

/** An object of a kind by its shape, as a server has it. */
export function object<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  name: string,
  more: { readonly spec?: T['spec']; readonly status?: T['status']; readonly metadata?: ObjectMeta } = {},
): Stored<T> {
  const { metadata, ...parts } = more;
  return stored({ apiVersion, kind, metadata: { name }, ...parts } as unknown as T, metadata);
}

/** A Service of Kubernetes, which every destination may name. */
export const k8sService = (name: string): Stored<KubeObject> => object('v1', 'Service', name, { spec: {} });

export const toService = (name: string) => ({ ref: { apiVersion: 'v1', kind: 'Service', name } });

export const OIDC_OFF = 'True/authentication-oidc feature disabled';
export const POLICIES_OFF = 'True/OIDCDisabled: Feature "authentication-oidc" must be enabled to support Authorization';
export const NO_DEAD_LETTERS = 'True/DeadLetterSinkNotConfigured: No dead letter sink is configured.';
