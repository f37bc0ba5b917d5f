/** config-deployment. Durations in milliseconds, amounts as quantities. */
export interface DeploymentConfig {
  /** Empty where no sidecar is used. */
  readonly queueSidecarImage: string;
  readonly registriesSkippingTagResolving: ReadonlySet<string>;
  readonly digestResolutionTimeout: number;
  readonly progressDeadline: number;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly queueSidecarRequests: Readonly<Record<string, string>>;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly queueSidecarLimits: Readonly<Record<string, string>>;
  readonly queueSidecarTokenAudiences: ReadonlySet<string>;
  readonly queueSidecarRootCA: string;
  readonly queueSidecarTlsMinVersion: string;
  readonly queueSidecarTlsMaxVersion: string;
  readonly queueSidecarTlsCipherSuites: string;
  readonly queueSidecarTlsCurvePreferences: string;
  readonly defaultAffinityType: 'none' | 'prefer-spread-revision-over-nodes';
  /** Runtime class → labels that a revision must have to get it. */
  readonly runtimeClassNames: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly podIsAlwaysSchedulable: boolean;
}

/** Upstream's defaults of config-deployment. */
export const defaultDeploymentConfig: DeploymentConfig = {
  queueSidecarImage: '',
  registriesSkippingTagResolving: new Set(['kind.local', 'ko.local', 'dev.local']),
  digestResolutionTimeout: 10_000,
  progressDeadline: 600_000,
  queueSidecarRequests: { cpu: '25m' },
  queueSidecarLimits: {},
  queueSidecarTokenAudiences: new Set(['']),
  queueSidecarRootCA: '',
  queueSidecarTlsMinVersion: '',
  queueSidecarTlsMaxVersion: '',
  queueSidecarTlsCipherSuites: '',
  queueSidecarTlsCurvePreferences: '',
  defaultAffinityType: 'prefer-spread-revision-over-nodes',
  runtimeClassNames: {},
  podIsAlwaysSchedulable: false,
};
