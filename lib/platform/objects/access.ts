import { INSTALLATION, type KubeObject } from '../../api';
import type { PlatformComponent, ResolvedPlatform } from '../options';
import {
  controllerGrants,
  editGrants,
  eventingGrants,
  type Grant,
  gatewayGrants,
  type RbacNeeds,
  rulesOf,
  sourceGrants,
  viewGrants,
  webhookGrants,
} from '../rbac';
import { kubeObject, metadataOf } from './labels';

const RBAC = 'rbac.authorization.k8s.io';

/** A service account, and the roles that it has. */
export interface Account {
  readonly component: PlatformComponent;
  readonly name: string;
  readonly namespace: string;
  readonly roles: readonly PlatformRole[];
}

/** What a role may do is told by its grants. */
export type PlatformRole = 'controller' | 'gateway' | 'eventing' | 'source' | 'webhook';

/** Which of its settings change what the roles of a platform may do. */
export function needsOf(platform: ResolvedPlatform): RbacNeeds {
  const { profile, eventing, pullSecrets, mutatingPolicies, webhook, settings, tls } = platform;
  const oidc = settings.eventingFeatures?.authenticationOidc === true || rawOidc(settings.raw) === 'enabled';
  const certificates = tls === 'none' ? [] : (tls.secretNamespaces ?? 'all');
  const apart = profile === 'ha';
  return { ...{ eventing, pullSecrets, oidc, apart, certificates, webhook }, mutatingPolicies: mutatingPolicies !== 'none' };
}

const rawOidc = (raw: ResolvedPlatform['settings']['raw']): string | undefined =>
  raw?.eventing?.['config-features']?.['authentication-oidc']?.toLowerCase();

/** Everything that a role may do, and why. */
export function grantsOf(role: PlatformRole, needs: RbacNeeds): readonly Grant[] {
  switch (role) {
    case 'controller':
      return controllerGrants(needs);
    case 'gateway':
      return gatewayGrants(needs);
    case 'eventing':
      return eventingGrants(needs);
    case 'source':
      return sourceGrants(needs);
    case 'webhook':
      return webhookGrants(needs);
  }
}

/** The service accounts of a platform: one that has all roles, or one for each role. */
export function accountsOf({ profile, eventing, webhook }: ResolvedPlatform): readonly Account[] {
  const { servingNamespace: serving, eventingNamespace } = INSTALLATION;
  const ofEvents: readonly PlatformRole[] = eventing ? ['eventing', 'source'] : [];
  const asked: readonly PlatformRole[] = webhook ? ['webhook'] : [];
  if (profile === 'small') {
    const all: readonly PlatformRole[] = ['controller', 'gateway', ...ofEvents, ...asked];
    return [{ component: 'runtime', name: INSTALLATION.runtime, namespace: serving, roles: all }];
  }
  return [
    { component: 'controller', name: INSTALLATION.controller, namespace: serving, roles: ['controller'] },
    { component: 'gateway', name: INSTALLATION.gateway, namespace: serving, roles: ['gateway'] },
    ...ofEvents.map((role): Account => {
      const component = role === 'source' ? 'source' : 'eventing';
      return { component, name: INSTALLATION[component], namespace: eventingNamespace, roles: [role] };
    }),
    ...asked.map((role): Account => ({ component: 'webhook', name: INSTALLATION.webhook, namespace: serving, roles: [role] })),
  ];
}

/** The service accounts. Tokens are mounted where pods say so. */
export const serviceAccounts = (platform: ResolvedPlatform): readonly KubeObject[] =>
  accountsOf(platform).map(({ component, name, namespace }) =>
    kubeObject({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadataOf(platform, name, component, namespace),
      automountServiceAccountToken: false,
    }),
  );

const roleName = (role: string): string => `knative-constructs-${role}`;

/** One ClusterRole for each role, Roles for what it may do in one namespace alone, and what binds them to the accounts. */
export function roles(platform: ResolvedPlatform): readonly KubeObject[] {
  const needs = needsOf(platform);
  return accountsOf(platform).flatMap((account) => account.roles.flatMap((role) => roleObjects(platform, account, role, needs)));
}

function roleObjects(platform: ResolvedPlatform, account: Account, role: PlatformRole, needs: RbacNeeds): KubeObject[] {
  const grants = grantsOf(role, needs).filter(({ namespace }) => hasNamespace(platform, namespace));
  const places = [...new Set(grants.map(({ namespace }) => namespace))];
  return places.flatMap((namespace) => {
    const metadata = metadataOf(platform, roleName(role), role, namespace);
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const rules = rulesOf(grants.filter((grant) => grant.namespace === namespace));
    return [
      kubeObject({ apiVersion: `${RBAC}/v1`, kind, metadata, rules }),
      kubeObject({
        apiVersion: `${RBAC}/v1`,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: RBAC, kind, name: metadata.name },
        subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
      }),
    ];
  });
}

const hasNamespace = ({ eventing }: ResolvedPlatform, namespace: string | undefined): boolean =>
  eventing || namespace !== INSTALLATION.eventingNamespace;

/** Rights of people: the roles view, edit and admin of the cluster include Knative's kinds. */
export function userRoles(platform: ResolvedPlatform): readonly KubeObject[] {
  const role = (name: string, into: readonly string[], grants: readonly Grant[]): KubeObject => {
    const metadata = metadataOf(platform, roleName(name), 'user-role');
    const aggregated = Object.fromEntries(into.map((one) => [`${RBAC}/aggregate-to-${one}`, 'true']));
    const own = grants.filter(({ group }) => platform.eventing || !isEventing(group));
    return kubeObject({
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { ...metadata, labels: { ...metadata.labels, ...aggregated } },
      rules: rulesOf(own),
    });
  };
  return [role('view', ['view'], viewGrants), role('edit', ['edit', 'admin'], editGrants)];
}

/** Whether a group of Knative's kinds is one of Eventing. */
export const isEventing = (group: string): boolean => /^(eventing|messaging|flows|sources|sinks)\./.test(group);
