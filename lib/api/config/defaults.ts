import { errorMessage } from '../../base';
import { parseGoTemplate } from '../go-template';
import { type ConfigData, ConfigReader } from './config-data';

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

const MAX_INT32 = 2 ** 31 - 1;

/** What a name template must work on: every field that it may use, empty. */
const EMPTY_METADATA = {
  Name: '',
  GenerateName: '',
  Namespace: '',
  UID: '',
  ResourceVersion: '',
  Generation: 0,
  Labels: {},
  Annotations: {},
};

function check(data: ConfigReader, c: DefaultsConfig): void {
  const [timeout, most] = [c.revisionTimeout / 1000, c.maxRevisionTimeout / 1000];
  const [responseStart, idle] = [c.revisionResponseStartTimeout / 1000, c.revisionIdleTimeout / 1000];
  data.require(
    [timeout <= most, `revision-timeout-seconds (${timeout}) cannot be greater than max-revision-timeout-seconds (${most})`],
    [
      responseStart <= 0 || responseStart <= timeout,
      `revision-response-start-timeout-seconds (${responseStart}) cannot be greater than revision-timeout-seconds (${timeout})`,
    ],
    [
      idle <= 0 || idle <= timeout,
      `revision-idle-timeout-seconds (${idle}) cannot be greater than revision-timeout-seconds (${timeout})`,
    ],
    [
      c.containerConcurrencyMaxLimit >= 1,
      `expected 1 <= ${c.containerConcurrencyMaxLimit} <= ${MAX_INT32}: container-concurrency-max-limit`,
    ],
    [
      c.containerConcurrency >= 0 && c.containerConcurrency <= c.containerConcurrencyMaxLimit,
      `expected 0 <= ${c.containerConcurrency} <= ${c.containerConcurrencyMaxLimit}: container-concurrency`,
    ],
  );
  for (const template of [c.containerNameTemplate, c.initContainerNameTemplate]) {
    try {
      parseGoTemplate(template)(EMPTY_METADATA);
    } catch (error) {
      data.fail(`error executing template: ${errorMessage(error)}`);
    }
  }
}

/** config-defaults from its data. Throws KNC2201 with upstream's message if a value is wrong. */
export function parseDefaultsConfig(data: ConfigData): DefaultsConfig {
  const reader: ConfigReader = new ConfigReader('config-defaults', data);
  const base = defaultDefaultsConfig;
  const seconds = (fallback: number, key: string) => reader.int(fallback / 1000, key) * 1000;
  const serviceLinks = reader.raw('enable-service-links')?.toLowerCase();
  const revisionTimeout = seconds(base.revisionTimeout, 'revision-timeout-seconds');
  const config: DefaultsConfig = {
    revisionTimeout,
    maxRevisionTimeout: seconds(base.maxRevisionTimeout, 'max-revision-timeout-seconds'),
    revisionResponseStartTimeout: seconds(revisionTimeout, 'revision-response-start-timeout-seconds'),
    revisionIdleTimeout: seconds(base.revisionIdleTimeout, 'revision-idle-timeout-seconds'),
    containerNameTemplate: reader.raw('container-name-template') ?? base.containerNameTemplate,
    initContainerNameTemplate: reader.raw('init-container-name-template') ?? base.initContainerNameTemplate,
    containerConcurrency: reader.int(base.containerConcurrency, 'container-concurrency'),
    containerConcurrencyMaxLimit: reader.int(base.containerConcurrencyMaxLimit, 'container-concurrency-max-limit'),
    allowContainerConcurrencyZero: reader.bool(base.allowContainerConcurrencyZero, 'allow-container-concurrency-zero'),
    enableServiceLinks:
      serviceLinks === undefined
        ? base.enableServiceLinks
        : serviceLinks === 'true' || (serviceLinks === 'false' ? false : undefined),
    revisionRequests: reader.quantities(base.revisionRequests, (resource) => [`revision-${resource}-request`]),
    revisionLimits: reader.quantities(base.revisionLimits, (resource) => [`revision-${resource}-limit`]),
  };
  check(reader, config);
  return config;
}
