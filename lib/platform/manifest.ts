import { type CustomResourceDefinition, crd, type KubeObject, knativeTypes } from '../api';
import { admissionPolicies } from './admission';
import { isEventing, roles, serviceAccounts, userRoles } from './objects/access';
import { availability } from './objects/availability';
import { PART_OF } from './objects/labels';
import { namespaces } from './objects/namespaces';
import { networkPolicies, secrets } from './objects/network-policies';
import { services } from './objects/services';
import { volumes } from './objects/volumes';
import { webhookConfigurations } from './objects/webhook';
import { workloads } from './objects/workloads';
import { type PlatformOptions, type ResolvedPlatform, resolvePlatform } from './options';
import { configMaps } from './settings/config-maps';

/** Everything that a platform consists of. */
export interface PlatformManifest {
  /** CustomResourceDefinitions, which come first and go last. */
  readonly crds: readonly CustomResourceDefinition[];
  /** All else, in the order in which it is applied. */
  readonly objects: readonly KubeObject[];
}

/** The definitions of the kinds that a platform serves. */
export const platformCrds = ({ eventing, labels }: ResolvedPlatform): readonly CustomResourceDefinition[] =>
  knativeTypes
    .filter(({ group }) => eventing || !isEventing(group))
    .map((type) => {
      const { metadata, ...rest } = crd(type);
      return { ...rest, metadata: { ...metadata, labels: { ...labels, ...metadata.labels, ...PART_OF } } };
    });

/** The objects of a platform. @param version of this package */
export function platformManifest(options: PlatformOptions, version: string): PlatformManifest {
  const platform = resolvePlatform(options, version);
  return {
    crds: platformCrds(platform),
    objects: [
      ...namespaces(platform),
      ...serviceAccounts(platform),
      ...roles(platform),
      ...userRoles(platform),
      ...configMaps(platform),
      ...admissionPolicies(platform),
      ...secrets(platform),
      ...networkPolicies(platform),
      ...services(platform),
      ...volumes(platform),
      ...workloads(platform),
      ...availability(platform),
      ...webhookConfigurations(platform),
    ],
  };
}
