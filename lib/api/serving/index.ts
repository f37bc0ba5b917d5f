/** Parts of a revision's pod, under names that do not collide with those of core/v1. */
export type {
  Capabilities,
  Container as RevisionContainer,
  EnvVar as RevisionEnvVar,
  HostAlias,
  PodSecurityContext,
  Probe as RevisionProbe,
  RevisionContainerStatus,
  SeccompProfile,
  SecurityContext,
  Toleration,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
  VolumeProjection,
} from '../generated/types';
export * from './configuration';
export * from './domain-mapping';
export { gatedPodFields, ZERO_IS_UNSET } from './pod-spec-errors';
export * from './revision';
export * from './route';
export * from './service';
