import { type Container, defaultServingConfig, type FeaturesConfig, type ServingConfig, validate } from '../../../lib/api';
import { type FieldError, formatFieldError } from '../../../lib/base';

type Json = Readonly<Record<string, unknown>>;

/** Everything that refuses the object, one text an error, as upstream prints it. */
export const refusals = (object: unknown, config?: ServingConfig): string[] =>
  validate(object, config)
    .filter((error) => error.level !== 'warning')
    .map(formatFieldError);

export const warnings = (object: unknown, config?: ServingConfig): FieldError[] =>
  validate(object, config).filter((error) => error.level === 'warning');

/** Settings with some features switched. */
export const withFeatures = (features: Partial<FeaturesConfig>): ServingConfig => ({
  ...defaultServingConfig,
  features: { ...defaultServingConfig.features, ...features },
});

export const busybox = { image: 'busybox' } satisfies Container;

/** A Service named `hello` around a pod. */
export const service = (
  spec: Json = { containers: [busybox] },
  more: { metadata?: Json; template?: Json; traffic?: unknown } = {},
) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default', ...more.metadata },
  spec: {
    template: { ...(more.template ? { metadata: more.template } : {}), spec },
    ...(more.traffic ? { traffic: more.traffic } : {}),
  },
});

/** A Service with one container that has these fields beside its image. */
export const withContainer = (container: Json, spec: Json = {}) =>
  service({ containers: [{ ...busybox, ...container }], ...spec });

export const route = (traffic: unknown, metadata: Json = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Route',
  metadata: { name: 'hello', namespace: 'default', ...metadata },
  spec: { traffic },
});

/** Where the fields of the first container are. */
export const CONTAINER = 'spec.template.spec.containers[0]';
export const POD = 'spec.template.spec';

export const LABEL_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
