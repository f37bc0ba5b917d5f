import { disallowedFields, type FieldError, generic, invalidValue, missingField, via, withRemedy } from '../../base';
import type { FeatureName, FeaturesConfig } from '../config';
import type { Container, ContainerPort, RevisionPodSpec, Volume } from '../generated/types';
import { dns1123SubdomainErrors } from '../names';
import { containerErrors } from './container-errors';
import { turnOn } from './env-errors';
import { containerProbeErrors } from './probe-errors';
import { insecureDefaultWarnings, podSecurityContextErrors } from './security-context-errors';
import { volumeErrors } from './volume-errors';

/** Fields of the pod that a feature must allow. */
export const gatedPodFields: Readonly<Partial<Record<keyof RevisionPodSpec, FeatureName>>> = {
  affinity: 'podSpecAffinity',
  topologySpreadConstraints: 'podSpecTopologySpreadConstraints',
  hostAliases: 'podSpecHostAliases',
  nodeSelector: 'podSpecNodeSelector',
  runtimeClassName: 'podSpecRuntimeClassName',
  tolerations: 'podSpecTolerations',
  shareProcessNamespace: 'podSpecShareProcessNamespace',
  hostIPC: 'podSpecHostIPC',
  hostPID: 'podSpecHostPID',
  hostNetwork: 'podSpecHostNetwork',
  priorityClassName: 'podSpecPriorityClassName',
  schedulerName: 'podSpecSchedulerName',
  initContainers: 'podSpecInitContainers',
  dnsPolicy: 'podSpecDNSPolicy',
  dnsConfig: 'podSpecDNSConfig',
};

/** Gated fields whose zero value is the same as leaving them out. */
export const ZERO_IS_UNSET: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostPID',
  'hostNetwork',
  'priorityClassName',
  'schedulerName',
  'dnsPolicy',
]);

function gateErrors(spec: RevisionPodSpec, features: FeaturesConfig): FieldError[] {
  const errors = (Object.keys(gatedPodFields) as (keyof RevisionPodSpec)[])
    .filter((field) => spec[field] !== undefined && !(ZERO_IS_UNSET.has(field) && !spec[field]))
    .filter((field) => features[gatedPodFields[field]!] === 'Disabled')
    .map((field) => withRemedy(disallowedFields(field), turnOn(gatedPodFields[field]!)));
  const securityContextOff = features.podSpecSecurityContext === 'Disabled' && features.securePodDefaults === 'Disabled';
  if (spec.securityContext && securityContextOff) {
    errors.push(withRemedy(disallowedFields('securityContext'), turnOn('podSpecSecurityContext')));
  }
  if (spec.automountServiceAccountToken) {
    errors.push(withRemedy(disallowedFields('automountServiceAccountToken'), 'Only false is allowed; true is the default.'));
  }
  return errors;
}

/** The port that requests go to, with what it is when nobody says. */
export function servingPort(containers: readonly Container[]): Required<Pick<ContainerPort, 'name' | 'containerPort'>> {
  const port = [...containers].reverse().find((container) => (container.ports ?? []).length > 0)?.ports?.[0];
  return { name: port?.name || 'http', containerPort: port?.containerPort || 8080 };
}

function portCountErrors(containers: readonly Container[]): FieldError[] {
  const count = containers.reduce((sum, container) => sum + (container.ports ?? []).length, 0);
  if (count === 0 && containers.length > 1) {
    return via('containers[*]', [withRemedy(missingField('ports'), 'Give a port to the one container that requests go to.')]);
  }
  if (count <= 1) return [];
  return via('containers[*]', [
    {
      ...generic('more than one container port is set', 'ports'),
      details: 'Only a single port is allowed across all containers',
      remedy: 'Keep the port that requests go to and remove the others.',
    },
  ]);
}

const duplicateName = (name: string): FieldError => generic(`duplicate container name ${JSON.stringify(name)}`, 'name');

function sidecarProbeErrors(container: Container, features: FeaturesConfig): FieldError[] {
  if (features.multiContainerProbing === 'Enabled') return containerProbeErrors(container, undefined);
  const probes = (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).filter((probe) => container[probe]);
  return probes.length > 0 ? [withRemedy(disallowedFields(...probes), turnOn('multiContainerProbing'))] : [];
}

type Volumes = ReadonlyMap<string, Volume>;

function servingErrors(spec: RevisionPodSpec, volumes: Volumes, features: FeaturesConfig): FieldError[] {
  const { containers = [] } = spec;
  if (containers.length === 0) return [missingField('containers')];
  if (containers.length > 1 && features.multiContainer !== 'Enabled') {
    return [
      withRemedy(
        generic(`multi-container is off, but found ${containers.length} containers`, 'containers'),
        turnOn('multiContainer'),
      ),
    ];
  }
  const port = servingPort(containers);
  const seen = new Set<string>();
  return containers.flatMap((container, i) => {
    const name = container.name ?? '';
    const duplicate = seen.has(name) ? [duplicateName(name)] : [];
    seen.add(name);
    const serves = containers.length === 1 || (container.ports ?? []).length > 0;
    return via(`containers[${i}]`, [
      ...duplicate,
      ...(serves ? containerProbeErrors(container, port) : sidecarProbeErrors(container, features)),
      ...containerErrors(container, serves ? 'serving' : 'sidecar', volumes, features),
    ]);
  });
}

function initErrors(spec: RevisionPodSpec, volumes: Volumes, features: FeaturesConfig): FieldError[] {
  const { initContainers = [], containers = [] } = spec;
  if (initContainers.length === 0) return [];
  if (features.podSpecInitContainers !== 'Enabled') {
    const message = `pod spec support for init-containers is off, but found ${initContainers.length} init containers`;
    return [withRemedy(generic(message, 'initContainers'), turnOn('podSpecInitContainers'))];
  }
  const seen = new Set(containers.map((container) => container.name ?? ''));
  return initContainers.flatMap((container, i) => {
    const probes = (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).filter((probe) => container[probe]);
    const name = container.name ?? '';
    const duplicate = seen.has(name) ? [duplicateName(name)] : [];
    seen.add(name);
    return via(`initContainers[${i}]`, [
      ...duplicate,
      ...probes.map((probe) => generic('field not allowed in an init container', probe)),
      ...containerErrors(container, 'init', volumes, features),
    ]);
  });
}

/** What is wrong with the pod of a revision, after defaults. */
export function podSpecErrors(spec: RevisionPodSpec, features: FeaturesConfig): FieldError[] {
  const { containers = [], initContainers = [], volumes = [], serviceAccountName = '' } = spec;
  const byName: Volumes = new Map(volumes.map((volume) => [volume.name, volume]));
  const mounted = new Set([...containers, ...initContainers].flatMap((c) => (c.volumeMounts ?? []).map((mount) => mount.name)));
  const warnings = (list: readonly Container[], field: string) =>
    list.flatMap((c, i) => via(`${field}[${i}].securityContext`, insecureDefaultWarnings(spec.securityContext, c, features)));
  return [
    ...gateErrors(spec, features),
    ...via('securityContext', podSecurityContextErrors(spec.securityContext, features)),
    ...warnings(containers, 'containers'),
    ...warnings(initContainers, 'initContainers'),
    ...via('volumes', volumeErrors(volumes, mounted, features)),
    ...initErrors(spec, byName, features),
    ...portCountErrors(containers),
    ...servingErrors(spec, byName, features),
    ...(serviceAccountName === ''
      ? []
      : dns1123SubdomainErrors(serviceAccountName).map((error) => invalidValue(serviceAccountName, 'serviceAccountName', error))),
  ];
}
