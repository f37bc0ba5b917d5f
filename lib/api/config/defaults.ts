/** config-defaults: what a revision gets where its author says nothing, and the limits of what may be said. Timeouts in milliseconds. */
export interface DefaultsConfig {
  readonly revisionTimeout: number;
  readonly maxRevisionTimeout: number;
  readonly revisionResponseStartTimeout: number;
  /** 0: no timeout. */
  readonly revisionIdleTimeout: number;
  /** Go template over the metadata of the parent. */
  readonly containerNameTemplate: string;
  /** Go template over the metadata of the parent. */
  readonly initContainerNameTemplate: string;
  readonly containerConcurrency: number;
  readonly containerConcurrencyMaxLimit: number;
  readonly allowContainerConcurrencyZero: boolean;
  /** undefined: left to Kubernetes. */
  readonly enableServiceLinks: boolean | undefined;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly revisionRequests: Readonly<Record<string, string>>;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly revisionLimits: Readonly<Record<string, string>>;
}

/** Upstream's defaults of config-defaults. */
export const defaultDefaultsConfig: DefaultsConfig = {
  revisionTimeout: 300_000,
  maxRevisionTimeout: 600_000,
  revisionResponseStartTimeout: 300_000,
  revisionIdleTimeout: 0,
  containerNameTemplate: 'user-container',
  initContainerNameTemplate: 'init-container',
  containerConcurrency: 0,
  containerConcurrencyMaxLimit: 1000,
  allowContainerConcurrencyZero: true,
  enableServiceLinks: false,
  revisionRequests: {},
  revisionLimits: {},
};
